%%% @doc What the prompt tells of the evaluator's machine: the code of a method, what has run, native code. Texts only; no process of its own.
%%%
%%% Code is asked of a session made for the question: it finds the same classes as the prompt's, whoever runs the prompt's inputs.
-module(beamtalk_repl_machine).

-export([disassembly/1, tiers/1, compile_native/1]).

%% Rows of a table that is not about one class.
-define(ROWS, 20).

%% @doc `:disasm Class [class] selector'.
-spec disassembly(binary()) -> unicode:chardata().
disassembly(Argument) ->
    case method(Argument) of
        {Class, Selector} -> in_session(fun(Session) -> code(Session, Class, Selector) end);
        none -> "Usage: :disasm <Class> [class] <selector>"
    end.

code(Session, Class, Selector) ->
    case beamtalk_evaluator:disassemble(Session, Class, Selector) of
        {ok, Text} -> string:trim(Text, trailing);
        {error, Reason} -> refused(Reason, Class, Selector)
    end.

%% @doc `:compile Class [class] selector [--wait]'.
-spec compile_native(binary()) -> unicode:chardata().
compile_native(Argument) ->
    Words = [Word || Word <- words(Argument), Word =/= <<"--wait">>],
    case method(iolist_to_binary(lists:join($\s, Words))) of
        {Class, Selector} -> in_session(fun(Session) -> native(Session, Class, Selector) end);
        none -> "Usage: :compile <Class> [class] <selector> [--wait]"
    end.

%% A name that is wrong is said first: there is nothing of it to compile, now or later.
native(Session, Class, Selector) ->
    case beamtalk_evaluator:disassemble(Session, Class, Selector) of
        {error, Reason} when Reason =/= runs_on_node ->
            refused(Reason, Class, Selector);
        _ ->
            {error, not_supported} = beamtalk_evaluator:compile_native(Session, Class, Selector),
            [Class, ">>", Selector, " was not compiled: native code is not supported yet"]
    end.

%% @doc `:tiers [Class | on | off]'.
-spec tiers(binary()) -> unicode:chardata().
tiers(Switch) when Switch =:= <<"on">>; Switch =:= <<"off">> ->
    "There is one tier: nothing is compiled in the background, so there is no progress to show";
tiers(Class) ->
    All = maps:to_list(beamtalk_evaluator:tiers()),
    Rows = lists:sort(fun before/2, [versioned(Row) || {{Owner, _}, #{calls := Calls}} = Row <- All, Calls > 0, is_of(Class, Owner)]),
    case {Rows, Class} of
        {[], <<>>} -> "No method has run in the evaluator (it runs inputs with --engine=evaluator)";
        {[], _} -> ["No method of ", Class, " has run in the evaluator"];
        {_, <<>>} -> table(lists:sublist(Rows, ?ROWS), length(Rows) - ?ROWS);
        _ -> table(Rows, 0)
    end.

is_of(<<>>, _) -> true;
is_of(Class, Owner) -> Owner =:= Class orelse Owner =:= <<Class/binary, " class">>.

%% What is defined at the prompt is the node's: machines take it as it is and count nothing.
versioned({{Class, Selector} = Method, #{version := Own} = Row}) ->
    {Method, Row#{version := max(Own, beamtalk_method_versions:version(Class, Selector))}}.

%% The busiest first.
before({NameA, #{calls := A}}, {NameB, #{calls := B}}) -> {-A, NameA} =< {-B, NameB}.

table(Rows, More) ->
    Names = ["method" | [[Class, ">>", Selector] || {{Class, Selector}, _} <- Rows]],
    Width = lists:max([string:length(Name) || Name <- Names]),
    Heads = ["tier", "version", "calls"],
    Cells = [[integer_to_list(maps:get(Key, Row)) || Key <- [tier, version, calls]] || {_, Row} <- Rows],
    Lines = [line(Name, Line, Width) || {Name, Line} <- lists:zip(Names, [Heads | Cells])],
    lists:join($\n, Lines ++ [["  ... and ", integer_to_list(More), " more (:tiers <Class>)"] || More > 0]).

line(Name, Cells, Width) ->
    ["  ", string:pad(Name, Width), [["  ", string:pad(Cell, 9, leading)] || Cell <- Cells]].

in_session(Work) ->
    case beamtalk_evaluator:new() of
        {ok, Session} ->
            try
                Work(Session)
            after
                beamtalk_evaluator:close(Session)
            end;
        {error, unavailable} ->
            "The evaluator is not available"
    end.

refused(unknown_class, Class, _) -> ["Class '", Class, "' not found"];
refused(unknown_method, Class, Selector) -> ["Method '", Selector, "' not found in ", Class];
refused(runs_on_node, Class, Selector) -> [Class, ">>", Selector, " runs in its class's module on the BEAM: the evaluator has no code of it"];
refused(_, _, _) -> "The evaluator is not available".

%% `Fib fib:', `Fib class start:', and with the arrows that a definition has.
method(Argument) ->
    case words(binary:replace(Argument, <<">>">>, <<" >> ">>)) of
        [Class, Selector] -> {Class, Selector};
        [Class, <<"class">>, Selector] -> {<<Class/binary, " class">>, Selector};
        [Class, <<">>">>, Selector] -> {Class, Selector};
        [Class, <<"class">>, <<">>">>, Selector] -> {<<Class/binary, " class">>, Selector};
        _ -> none
    end.

words(Text) -> [Word || Word <- re:split(Text, "\\s+", [unicode]), Word =/= <<>>].
