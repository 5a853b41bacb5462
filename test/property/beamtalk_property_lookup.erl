%%% @doc Property: whatever is defined, patched, extended, loaded again or removed, each send finds the method that the model finds.
%%%
%%% A program is a list of steps: changes of the classes `PropA' to `PropH' and of what other packages add to them and to library classes, and
%%% between these sends and questions. A step that does not apply (its class is not there) does nothing, so that steps can be left out of a program.
%%%
%%% Selectors have a rank, and a method sends only selectors of a lower one, or its own to super: so every send ends.
-module(beamtalk_property_lookup).

-behaviour(beamtalk_property).

-export([generate/0, run/2, simpler/1, show/1, faults/0, expected_events/0]).

-export_type([step/0]).

-type side() :: beamtalk_property_lookup_model:side().
-type step() ::
    {define, atom(), atom(), map()}
    | {patch, atom(), side(), atom(), beamtalk_property_lookup_model:body()}
    | {extend, atom(), side(), atom(), beamtalk_property_lookup_model:extension()}
    | {retract, atom(), side(), atom()}
    | {remove, atom()}
    | {keep, integer(), atom()}
    | {send, atom(), atom(), [integer()]}
    | {send_kept, integer(), atom(), [integer()]}
    | {send_class, atom(), atom(), [integer()]}
    | {send_integer, integer(), atom(), [integer()]}
    | {perform_wrong, atom(), atom()}
    | {responds | class_responds | can | which, atom(), atom()}
    | {responds_integer, integer(), atom()}
    | {relatives | methods | fields, atom()}
    | {source, atom(), atom()}.

-define(MODEL, beamtalk_property_lookup_model).
-define(TAG, '$beamtalk_class').
-define(HOOK, 'doesNotUnderstand:args:').
-define(CLASSES, ['PropA', 'PropB', 'PropC', 'PropD', 'PropE', 'PropF', 'PropG', 'PropH']).
-define(LIBRARY, ['Object', 'Number', 'Integer', 'Class']).
-define(FIELDS, [f0, f1, f2]).
-define(VARIABLES, [v0, v1]).
%% By rank. The first two are methods of Object; the last two are never defined.
-define(INSTANCE, [{0, printString}, {1, notImplemented}, {3, m0}, {5, 'k0:'}, {7, m1}, {8, 'k1:'}, {10, m2}, {11, '+'}, {12, 'p:q:'}, {13, m3}]).
-define(CLASS, [{2, c0}, {4, 'd0:'}, {6, c1}, {9, c2}]).
-define(NOWHERE, [{0, zork}, {0, 'zork:'}]).

-spec faults() -> [?MODEL:fault(), ...].
faults() -> [superclass_before_extension, extensions_outlast_loading, super_from_receiver, shared_class_variables].

%% @doc What must come to pass somewhere in a run.
-spec expected_events() -> [atom()].
expected_events() ->
    [extension, replacement, inherited, library, super, forwarded, guarded, does_not_understand, user_error, class_not_found].

%%% Generating

-spec generate() -> [step()].
generate() ->
    put(number, 100),
    put(shape, #{}),
    Start = [change(define) || _ <- lists:seq(1, 3 + random(3))],
    Later = [change() || _ <- lists:seq(1, 6 + random(8))],
    lists:append([[Change | [question() || _ <- lists:seq(1, 4 + random(5))]] || Change <- Start ++ Later]).

change() ->
    change(one_of([define, redefine, redefine, patch, patch, patch, extend, extend, extend, extend, retract, remove, keep])).

%% The generator remembers each class's superclass, to draw deep hierarchies.
change(define) ->
    Shape = get(shape),
    New = [C || C <- ?CLASSES, not is_map_key(C, Shape)],
    case New of
        [] -> change(redefine);
        _ ->
            Class = one_of(New),
            define(Class, one_of(['Object' | deep(maps:keys(Shape))]))
    end;
change(redefine) ->
    case maps:to_list(get(shape)) of
        [] -> change(define);
        Known ->
            {Class, Super} = one_of(Known),
            define(Class, one_of([Super, Super, Super, one_of(['Object' | ?CLASSES])]))
    end;
change(patch) ->
    case {random(6), definable()} of
        {1, {instance, Rank, Selector}} when Selector =:= m0; Selector =:= m1; Selector =:= m2; Selector =:= 'k0:'; Selector =:= 'k1:' ->
            {patch, one_of(?LIBRARY), instance, Selector, body(instance, true, Rank, Selector)};
        {_, {Side, Rank, Selector}} ->
            {patch, a_class(), Side, Selector, body(Side, false, Rank, Selector)}
    end;
change(extend) ->
    {Side, Rank, Selector} = definable(),
    %% Numbers are reached without the class table: for those an extension only adds.
    Class = one_of([a_class(), a_class(), a_class(), one_of(library(Side, Selector))]),
    {extend, Class, Side, Selector, extension(Side, Rank)};
change(retract) ->
    {Side, _, Selector} = definable(),
    {retract, one_of([a_class(), one_of(?LIBRARY)]), Side, Selector};
change(remove) ->
    Class = a_class(),
    Shape = get(shape),
    put(shape, case lists:member(Class, maps:values(Shape)) of true -> Shape; false -> maps:remove(Class, Shape) end),
    {remove, Class};
change(keep) ->
    {keep, random(3), a_class()}.

library(class, _) -> ['Object'];
library(instance, printString) -> ['Object'];
library(instance, _) -> ?LIBRARY.

%% The class that was drawn last is drawn more often.
deep(Classes) -> Classes ++ lists:append([[C, C] || C <- lists:nthtail(max(0, length(Classes) - 2), lists:sort(Classes))]).

define(Class, Super) ->
    put(shape, (get(shape))#{Class => Super}),
    Fields = [{F, fresh()} || F <- some(?FIELDS)],
    Variables = [{V, default(V)} || V <- ?VARIABLES, Super =:= 'Object' orelse random(4) =:= 1],
    Methods = [{S, body(instance, false, Rank, S)} || {Rank, S} <- some([{0, ?HOOK} || random(6) =:= 1] ++ ?INSTANCE)],
    ClassMethods = [{S, body(class, false, Rank, S)} || {Rank, S} <- some([{0, ?HOOK} || random(10) =:= 1] ++ ?CLASS)],
    {define, Class, Super, #{fields => Fields, variables => Variables, methods => Methods, class_methods => ClassMethods}}.

%% A class variable starts at the same value wherever it is declared: loading keeps what it holds.
default(v0) -> 0;
default(v1) -> 50.

definable() ->
    case random(4) of
        1 ->
            {Rank, Selector} = one_of(?CLASS),
            {class, Rank, Selector};
        _ ->
            {Rank, Selector} = one_of([{0, ?HOOK} | ?INSTANCE]),
            {instance, Rank, Selector}
    end.

extension(Side, Rank) ->
    case one_of([answer | [S || {R, S} <- of_side(Side), R < Rank, arity(S) =:= 0]]) of
        answer -> {answer, fresh()};
        Selector -> {sends, fresh(), Selector}
    end.

%%% Bodies

%% What the method is called with is the answer's head, so that an answer tells where it comes from.
body(_, _, _, ?HOOK) ->
    [
        one_of([
            {list, [{int, fresh()}, {argument, 1}, {argument, 2}]},
            {list, [{int, fresh()}, {argument, 1}, {argument, 2}]},
            {super, ?HOOK, [{argument, 1}, {argument, 2}]}
        ])
    ];
body(class, _, _, c0) ->
    %% Tells what the class variable was: whose it is shows when the next class is asked.
    Variable = one_of(?VARIABLES),
    [{list, [{int, fresh()}, {variable, Variable}, {assign, Variable, {int, fresh()}}]}];
body(Side, InLibrary, Rank, Selector) ->
    Context = #{side => Side, library => InLibrary, rank => Rank, selector => Selector, arguments => arity(Selector), block => false},
    Before = [expression(Context, 2) || _ <- lists:seq(1, random(3) - 1)],
    Final =
        case random(4) of
            1 -> expression(Context, 2);
            _ -> {list, [{int, fresh()} | [expression(Context, 2) || _ <- lists:seq(1, random(3) - 1)]]}
        end,
    %% Class methods mostly count something.
    Counted = [{assign, one_of(?VARIABLES), {int, fresh()}} || Side =:= class, random(3) =:= 1],
    Read = [{list, [Final, {variable, one_of(?VARIABLES)}]} || Side =:= class, random(2) =:= 1],
    Before ++ Counted ++ [hd(Read ++ [Final])].

expression(#{side := Side, library := InLibrary, rank := Rank, selector := Selector, arguments := Count, block := InBlock} = Context, Depth) ->
    Inner = fun() -> expression(Context, Depth - 1) end,
    Arguments = fun(S) -> [expression(Context, min(0, Depth - 1)) || _ <- lists:seq(1, arity(S))] end,
    Lower = fun(Of) -> one_of(?NOWHERE ++ [{R, S} || {R, S} <- of_side(Of), R < Rank]) end,
    To = fun(Of) -> {_, S} = Lower(Of), S end,
    %% No operator is performed or sent to a literal, and none in a class method.
    Plain = fun(Of) -> case To(Of) of '+' -> zork; S -> S end end,
    Leaves =
        [{int, fresh()}] ++
            [{argument, random(Count)} || Count > 0] ++
            [parameter || InBlock] ++
            [{field, one_of(?FIELDS)} || Side =:= instance, not InLibrary] ++
            [{variable, one_of(?VARIABLES)} || Side =:= class, _ <- [1, 2, 3]] ++
            [{class_name, Side} || not InLibrary] ++
            [{responds, Plain(Side)}],
    case Depth =< 0 of
        true -> one_of(Leaves);
        false ->
            case random(15) of
                N when N =< 2, Side =:= class -> {assign, one_of(?VARIABLES), Inner()};
                1 -> one_of(Leaves);
                %% A method of the library's has receivers of all kinds.
                N when InLibrary, N =:= 2 orelse N =:= 10 -> one_of(Leaves);
                2 -> {set, one_of(?FIELDS), Inner()};
                3 ->
                    S = To(Side),
                    {self, S, Arguments(S)};
                4 ->
                    S = To(Side),
                    {self, S, Arguments(S)};
                N when N =< 8 ->
                    S = one_of([Selector, Selector, Selector, To(Side)]),
                    {super, S, Arguments(S)};
                9 ->
                    S = Plain(Side),
                    {perform, S, Arguments(S)};
                10 ->
                    case {Side, To(class), Plain(instance)} of
                        {instance, S, _} -> {class_of_self, S, Arguments(S)};
                        {class, _, S} -> {new, self, S, Arguments(S)}
                    end;
                11 ->
                    S = Plain(instance),
                    {new, a_class(), S, Arguments(S)};
                12 ->
                    S = one_of([Plain(class), Plain(instance)]),
                    {to_class, a_class(), S, Arguments(S)};
                13 ->
                    S = Plain(instance),
                    {to_integer, random(9), S, Arguments(S)};
                14 -> {guard, Inner()};
                15 ->
                    case random(3) of
                        1 -> {block, [Inner(), Inner()]};
                        2 -> {block_with, {int, fresh()}, expression(Context#{block := true}, Depth - 1)};
                        3 -> {each, expression(Context#{block := true}, Depth - 1)}
                    end
            end
    end.

of_side(instance) -> ?INSTANCE;
of_side(class) -> ?CLASS.

question() ->
    {_, Selector} = one_of(?INSTANCE ++ ?INSTANCE ++ ?NOWHERE),
    {_, OnClass} = one_of(?CLASS ++ ?CLASS ++ [{0, zork}, {3, m0}, {5, 'k0:'}]),
    Arguments = fun(S) -> [random(9) || _ <- lists:seq(1, arity(S))] end,
    case random(18) of
        17 -> {one_of([methods, fields]), a_class()};
        18 -> {source, a_class(), Selector};
        N when N =< 6 -> {send, a_class(), Selector, Arguments(Selector)};
        N when N =< 9 -> {send_class, a_class(), OnClass, Arguments(OnClass)};
        10 -> {send_kept, random(3), Selector, Arguments(Selector)};
        11 ->
            Of = case Selector of '+' -> m0; _ -> Selector end,
            {send_integer, random(99), Of, Arguments(Of)};
        12 -> {perform_wrong, a_class(), one_of([m0, m1, m2, zork])};
        13 -> {one_of([responds, can, which]), a_class(), Selector};
        14 -> {class_responds, a_class(), OnClass};
        15 -> {responds_integer, random(99), one_of([m0, 'k0:', m1, zork, printString])};
        16 -> {relatives, a_class()}
    end.

a_class() ->
    one_of(maps:keys(get(shape)) ++ [one_of(?CLASSES)]).

arity(Selector) -> beamtalk_selector:arity(Selector).

fresh() ->
    put(number, get(number) + 1).

random(N) -> rand:uniform(N).

one_of(List) -> lists:nth(random(length(List)), List).

some(List) -> [E || E <- List, random(5) =< 2].

%%% Running

%% @doc Runs the program beside the model, until they differ. The classes are taken away afterwards.
-spec run([step()], ?MODEL:fault()) -> {ok, #{atom() => pos_integer()}} | {differs | refused, pos_integer(), Expected :: term(), Got :: term()}.
run(Steps, Fault) ->
    Model = ?MODEL:new(Fault),
    try
        steps(Steps, 1, Model, #{})
    after
        clean(),
        lists:any(fun(Step) -> element(1, Step) =:= patch andalso lists:member(element(2, Step), ?LIBRARY) end, Steps) andalso restore_library()
    end.

steps([], _, _, _) ->
    {ok, ?MODEL:events()};
steps([Step | Rest], N, Model, Kept) ->
    case step(Step, Model, Kept) of
        {Same, Same, NewModel, NewKept} -> steps(Rest, N + 1, NewModel, NewKept);
        {Expected, {refused, Why}, _, _} -> {refused, N, Expected, Why};
        {Expected, Got, _, _} -> {differs, N, Expected, Got}
    end.

step({define, Class, Super, Spec} = Step, Model, Kept) ->
    case Super =:= 'Object' orelse ?MODEL:is_class(Super, Model) of
        false when Super =/= Class ->
            {nothing, nothing, Model, Kept};
        _ ->
            Got = loaded(beamtalk:load_source(text(Step))),
            case ?MODEL:would_circle(Class, Super, Model) of
                true -> {refused, Got, Model, Kept};
                false -> {loaded, Got, ?MODEL:define(Class, Super, Spec, Model), Kept}
            end
    end;
step({patch, Class, Side, Selector, Body} = Step, Model, Kept) ->
    case ?MODEL:is_class(Class, Model) of
        true -> {loaded, evaluated(beamtalk:eval(text(Step))), ?MODEL:patch(Class, Side, Selector, Body, Model), Kept};
        false -> {nothing, nothing, Model, Kept}
    end;
step({extend, Class, Side, Selector, Extension}, Model, Kept) ->
    %% What numbers are sent is found without the class table, so there an extension does not take a method's place.
    case ?MODEL:is_class(Class, Model) andalso not (lists:member(Class, ?LIBRARY) andalso ?MODEL:defines(Class, Side, Selector, Model)) of
        true ->
            ok = beamtalk_extensions:register(extended(Class, Side), Selector, extension_fun(Extension), ?MODULE),
            {nothing, nothing, ?MODEL:extend(Class, Side, Selector, Extension, Model), Kept};
        false ->
            {nothing, nothing, Model, Kept}
    end;
step({retract, Class, Side, Selector}, Model, Kept) ->
    ok = beamtalk_extensions:unregister(extended(Class, Side), Selector),
    {nothing, nothing, ?MODEL:retract(Class, Side, Selector, Model), Kept};
step({remove, Class}, Model, Kept) ->
    case {?MODEL:is_class(Class, Model), is_free(Class, Model)} of
        {false, _} -> {nothing, nothing, Model, Kept};
        {true, true} -> {{value, nil}, call(Class, removeFromSystem, []), ?MODEL:remove(Class, Model), Kept};
        {true, false} -> {{failed, runtime_error, Class, removeFromSystem}, call(Class, removeFromSystem, []), Model, Kept}
    end;
step({keep, Slot, Class}, Model, Kept) ->
    case ?MODEL:is_class(Class, Model) of
        true ->
            Expected = ?MODEL:instance(Class, Model),
            {Expected, beamtalk:new(Class), Model, Kept#{Slot => Expected}};
        false ->
            {nothing, nothing, Model, Kept}
    end;
step(Question, Model, Kept) ->
    case about(Question, Model, Kept) of
        true -> compared(expected(Question, Model, Kept), Question, Model, Kept);
        false -> {nothing, nothing, Model, Kept}
    end.

is_free(Class, Model) -> ?MODEL:subclasses(Class, Model) =:= [].

%% The text of a method is that of the body, which only this module can write.
compared({body, Selector, Body}, Question, Model, Kept) ->
    {{value, iolist_to_binary(method(Selector, Body))}, asked(Question, Kept), Model, Kept};
compared(Open, _, Model, Kept) when is_atom(Open) -> {nothing, nothing, Model, Kept};
compared(Expected, Question, Model, Kept) -> {Expected, asked(Question, Kept), Model, Kept}.

about({send_integer, _, _, _}, _, _) -> true;
about({responds_integer, _, _}, _, _) -> true;
about({send_kept, Slot, _, _}, _, Kept) -> is_map_key(Slot, Kept);
about(Question, Model, _) -> ?MODEL:is_class(element(2, Question), Model).

expected({send, Class, Selector, Arguments}, Model, _) -> ?MODEL:send(?MODEL:instance(Class, Model), Selector, Arguments, Model);
expected({send_kept, Slot, Selector, Arguments}, Model, Kept) -> ?MODEL:send(maps:get(Slot, Kept), Selector, Arguments, Model);
expected({send_class, Class, Selector, Arguments}, Model, _) -> ?MODEL:send({class, Class}, Selector, Arguments, Model);
expected({send_integer, N, Selector, Arguments}, Model, _) -> ?MODEL:send(N, Selector, Arguments, Model);
expected({perform_wrong, Class, Selector}, _, _) -> {failed, arity_mismatch, Class, Selector};
expected({responds, Class, Selector}, Model, _) -> {value, ?MODEL:responds(?MODEL:instance(Class, Model), Selector, Model)};
expected({can, Class, Selector}, Model, _) -> {value, ?MODEL:responds(?MODEL:instance(Class, Model), Selector, Model)};
expected({class_responds, Class, Selector}, Model, _) -> {value, ?MODEL:class_responds(Class, Selector, Model)};
expected({responds_integer, N, Selector}, Model, _) -> {value, ?MODEL:responds(N, Selector, Model)};
expected({which, Class, Selector}, Model, _) -> {value, ?MODEL:which(Class, Selector, Model)};
expected({methods, Class}, Model, _) -> {value, ?MODEL:methods(Class, Model)};
expected({fields, Class}, Model, _) ->
    {value, {maps:keys(maps:remove(?TAG, ?MODEL:instance(Class, Model))), ?MODEL:own_fields(Class, Model)}};
expected({source, Class, Selector}, Model, _) ->
    case ?MODEL:source(Class, Selector, Model) of
        none -> {value, nil};
        open -> open;
        Body -> {body, Selector, Body}
    end;
expected({relatives, Class}, Model, _) ->
    {?MODEL:superclass(Class, Model), tl(?MODEL:ancestors(Class, Model)), ?MODEL:subclasses(Class, Model)}.

asked({send, Class, Selector, Arguments}, _) -> call(beamtalk:new(Class), Selector, Arguments);
asked({send_kept, Slot, Selector, Arguments}, Kept) -> call(maps:get(Slot, Kept), Selector, Arguments);
asked({send_class, Class, Selector, Arguments}, _) -> call(Class, Selector, Arguments);
asked({send_integer, N, Selector, Arguments}, _) -> call(N, Selector, Arguments);
asked({perform_wrong, Class, Selector}, _) -> call(beamtalk:new(Class), 'perform:withArguments:', [Selector, [1]]);
asked({responds, Class, Selector}, _) -> call(beamtalk:new(Class), 'respondsTo:', [Selector]);
asked({can, Class, Selector}, _) -> call(Class, 'canUnderstand:', [Selector]);
asked({class_responds, Class, Selector}, _) -> call(Class, 'respondsTo:', [Selector]);
asked({responds_integer, N, Selector}, _) -> call(N, 'respondsTo:', [Selector]);
asked({which, Class, Selector}, _) ->
    {value, Found} = call(Class, 'whichClassIncludesSelector:', [Selector]),
    {value, name(Found)};
asked({methods, Class}, _) -> call(Class, methods, []);
asked({fields, Class}, _) ->
    {value, All} = call(Class, allFieldNames, []),
    {value, Own} = call(Class, fieldNames, []),
    {value, {lists:usort(All), Own}};
asked({source, Class, Selector}, _) ->
    case call(Class, '>>', [Selector]) of
        {value, nil} -> {value, nil};
        {value, Method} -> call(Method, source, [])
    end;
asked({relatives, Class}, _) ->
    {value, Super} = call(Class, superclass, []),
    {value, Above} = call(Class, allSuperclasses, []),
    {value, Below} = call(Class, subclasses, []),
    {name(Super), [name(C) || C <- Above], [name(C) || C <- Below]}.

name(nil) -> nil;
name(Class) -> beamtalk:call(Class, name, []).

call(Receiver, Selector, Arguments) ->
    try beamtalk:call(Receiver, Selector, Arguments) of
        Value -> {value, Value}
    catch
        error:#{?TAG := _, error := {beamtalk_error, Kind, Class, Sel, _, _, _}} -> {failed, Kind, Class, Sel};
        error:#{?TAG := _, error := Error} -> {failed, Error}
    end.

loaded({ok, _}) -> loaded;
loaded({error, #{diagnostics := Found}}) ->
    case [Message || #{message := Message} <- Found, binary:match(Message, <<"cannot be a subclass">>) =:= nomatch] of
        [] -> refused;
        Messages -> {refused, Messages}
    end.

evaluated({ok, _}) -> loaded;
evaluated({error, Why}) -> {refused, Why}.

extended(Class, instance) -> Class;
extended(Class, class) -> binary_to_atom(<<(atom_to_binary(Class))/binary, " class">>).

extension_fun({answer, Number}) -> fun(Arguments, _) -> [Number | Arguments] end;
extension_fun({sends, Number, Selector}) ->
    fun(Arguments, Self) -> [Number, beamtalk_message_dispatch:send(Self, Selector, []) | Arguments] end.

%% Leaves of the hierarchy first.
clean() ->
    Selectors = [?HOOK | [S || {_, S} <- ?INSTANCE ++ ?CLASS]],
    _ = [beamtalk_extensions:unregister(extended(C, Side), S) || C <- ?CLASSES ++ ?LIBRARY, Side <- [instance, class], S <- Selectors],
    remove_all([C || C <- ?CLASSES, beamtalk:class(C) =/= error]).

restore_library() ->
    _ = [
        begin
            Module = beamtalk_class_registry:module_of(Class),
            _ = code:purge(Module),
            {module, Module} = code:load_file(Module)
        end
     || Class <- ?LIBRARY
    ],
    ok.

remove_all([]) ->
    ok;
remove_all(Classes) ->
    [First | _] = [C || C <- Classes, beamtalk_class_registry:subclasses(C) =:= []],
    nil = beamtalk:call(First, removeFromSystem, []),
    remove_all(lists:delete(First, Classes)).

%%% Shrinking

%% @doc Simpler steps to put in the place of one, the simplest first.
-spec simpler(step()) -> [step()].
simpler({define, Class, Super, #{methods := Methods, class_methods := ClassMethods, fields := Fields} = Spec}) ->
    [{define, Class, 'Object', Spec} || Super =/= 'Object'] ++
        [{define, Class, Super, Spec#{methods := Fewer}} || Fewer <- shorter(Methods)] ++
        [{define, Class, Super, Spec#{class_methods := Fewer}} || Fewer <- shorter(ClassMethods)] ++
        [{define, Class, Super, Spec#{fields := Fewer}} || Fewer <- shorter(Fields)] ++
        [{define, Class, Super, Spec#{methods := Simpler}} || Simpler <- simpler_methods(Methods)] ++
        [{define, Class, Super, Spec#{class_methods := Simpler}} || Simpler <- simpler_methods(ClassMethods)];
simpler({patch, Class, Side, Selector, Body}) ->
    [{patch, Class, Side, Selector, Simpler} || Simpler <- simpler_body(Body)];
simpler({extend, Class, Side, Selector, {sends, Number, _}}) ->
    [{extend, Class, Side, Selector, {answer, Number}}];
simpler(_) ->
    [].

shorter(List) -> [lists:sublist(List, N - 1) ++ lists:nthtail(N, List) || N <- lists:seq(1, length(List))].

simpler_methods(Methods) ->
    [lists:keyreplace(S, 1, Methods, {S, Simpler}) || {S, Body} <- Methods, Simpler <- simpler_body(Body)].

simpler_body([{int, _}]) -> [];
simpler_body(Body) ->
    [[{int, 1}]] ++ [Fewer || [_ | _] = Fewer <- shorter(Body)] ++
        [
            lists:sublist(Body, N - 1) ++ [Simpler] ++ lists:nthtail(N, Body)
         || {N, E} <- lists:enumerate(Body), Simpler <- simpler_expression(E)
        ].

simpler_expression({int, _}) -> [];
simpler_expression(E) when is_atom(E) -> [{int, 1}];
simpler_expression(E) ->
    Parts = [P || P <- lists:flatten(tl(tuple_to_list(E))), is_tuple(P)],
    [{int, 1}] ++ Parts ++
        [setelement(N, E, Simpler) || {N, Es} <- lists:enumerate(tuple_to_list(E)), is_list(Es), element(1, E) =:= list, Simpler <- shorter(Es)] ++
        [
            setelement(N, E, lists:sublist(Es, M - 1) ++ [Simpler] ++ lists:nthtail(M, Es))
         || {N, Es} <- lists:enumerate(tuple_to_list(E)), is_list(Es), {M, Part} <- lists:enumerate(Es), Simpler <- simpler_expression(Part)
        ].

%%% Text

%% @doc A step as Beamtalk, or as what the harness does.
-spec show(step()) -> iodata().
show({define, _, _, _} = Step) -> text(Step);
show({patch, _, _, _, _} = Step) -> [text(Step), "\n"];
show({extend, Class, Side, Selector, Extension}) ->
    io_lib:format("// beamtalk_extensions:register(~tp, ~tp, ...): ~ts~n", [extended(Class, Side), Selector, extension_text(Extension)]);
show({retract, Class, Side, Selector}) ->
    io_lib:format("// beamtalk_extensions:unregister(~tp, ~tp)~n", [extended(Class, Side), Selector]);
show({remove, Class}) -> io_lib:format("~s removeFromSystem~n", [Class]);
show({keep, Slot, Class}) -> io_lib:format("kept~b := ~s new~n", [Slot, Class]);
show({send, Class, Selector, Arguments}) -> [message([atom_to_list(Class), " new"], Selector, Arguments), "\n"];
show({send_kept, Slot, Selector, Arguments}) -> [message(io_lib:format("kept~b", [Slot]), Selector, Arguments), "\n"];
show({send_class, Class, Selector, Arguments}) -> [message(atom_to_list(Class), Selector, Arguments), "\n"];
show({send_integer, N, Selector, Arguments}) -> [message(integer_to_list(N), Selector, Arguments), "\n"];
show({perform_wrong, Class, Selector}) -> io_lib:format("~s new perform: #~s withArguments: #(1)~n", [Class, Selector]);
show({responds, Class, Selector}) -> io_lib:format("~s new respondsTo: #~s~n", [Class, Selector]);
show({class_responds, Class, Selector}) -> io_lib:format("~s respondsTo: #~s~n", [Class, Selector]);
show({responds_integer, N, Selector}) -> io_lib:format("~b respondsTo: #~s~n", [N, Selector]);
show({can, Class, Selector}) -> io_lib:format("~s canUnderstand: #~s~n", [Class, Selector]);
show({which, Class, Selector}) -> io_lib:format("~s whichClassIncludesSelector: #~s~n", [Class, Selector]);
show({methods, Class}) -> io_lib:format("~s methods~n", [Class]);
show({fields, Class}) -> io_lib:format("#(~s allFieldNames, ~s fieldNames)~n", [Class, Class]);
show({source, Class, Selector}) -> io_lib:format("(~s >> #~s) source~n", [Class, Selector]);
show({relatives, Class}) -> io_lib:format("#(~s superclass, ~s allSuperclasses, ~s subclasses)~n", [Class, Class, Class]).

extension_text({answer, Number}) -> io_lib:format("answers [~b | Arguments]", [Number]);
extension_text({sends, Number, Selector}) -> io_lib:format("answers [~b, what ~s answers | Arguments]", [Number, Selector]).

message(Receiver, Selector, Arguments) ->
    [Receiver, " ", keywords(Selector, [integer_to_list(A) || A <- Arguments])].

text({define, Class, Super, #{fields := Fields, variables := Variables, methods := Methods, class_methods := ClassMethods}}) ->
    iolist_to_binary([
        io_lib:format("~s subclass: ~s~n", [Super, Class]),
        [io_lib:format("  state: ~s = ~b~n", [F, V]) || {F, V} <- Fields],
        [io_lib:format("  classState: ~s = ~b~n", [F, V]) || {F, V} <- Variables],
        [["  ", method(Selector, Body), "\n"] || {Selector, Body} <- Methods],
        [["  class ", method(Selector, Body), "\n"] || {Selector, Body} <- ClassMethods]
    ]);
text({patch, Class, instance, Selector, Body}) ->
    iolist_to_binary([atom_to_list(Class), " >> ", method(Selector, Body)]);
text({patch, Class, class, Selector, Body}) ->
    iolist_to_binary([atom_to_list(Class), " class >> ", method(Selector, Body)]).

method(Selector, Body) ->
    [keywords(Selector, ["a1", "a2"]), " => ", lists:join(". ", [expression_text(E) || E <- Body])].

keywords(Selector, Arguments) ->
    case {atom_to_list(Selector), Arguments} of
        {"+", [Argument | _]} -> ["+ ", Argument];
        {Text, _} ->
            case string:split(Text, ":", all) of
                [Unary] -> Unary;
                Parts ->
                    Keywords = lists:droplast(Parts),
                    lists:join(" ", [[Part, ": ", A] || {Part, A} <- lists:zip(Keywords, lists:sublist(Arguments, length(Keywords)))])
            end
    end.

sent(Receiver, Selector, Es) ->
    ["(", Receiver, " ", keywords(Selector, [expression_text(E) || E <- Es]), ")"].

expression_text({int, N}) -> integer_to_list(N);
expression_text({list, Es}) -> ["#(", lists:join(", ", [expression_text(E) || E <- Es]), ")"];
expression_text({argument, N}) -> ["a", integer_to_list(N)];
expression_text(parameter) -> "p";
expression_text({field, F}) -> ["self.", atom_to_list(F)];
expression_text({set, F, E}) -> ["(self.", atom_to_list(F), " := ", expression_text(E), ")"];
expression_text({variable, V}) -> ["self.", atom_to_list(V)];
expression_text({assign, V, E}) -> ["(self.", atom_to_list(V), " := ", expression_text(E), ")"];
expression_text({self, S, Es}) -> sent("self", S, Es);
expression_text({super, S, Es}) -> sent("super", S, Es);
expression_text({perform, S, []}) -> ["(self perform: #", atom_to_list(S), ")"];
expression_text({perform, S, Es}) -> ["(self perform: #", atom_to_list(S), " withArguments: ", expression_text({list, Es}), ")"];
expression_text({responds, S}) -> ["(self respondsTo: #", atom_to_list(S), ")"];
expression_text({class_name, class}) -> "(self name)";
expression_text({class_name, instance}) -> "(self class name)";
expression_text({class_of_self, S, Es}) -> sent("self class", S, Es);
expression_text({new, self, S, Es}) -> sent("self new", S, Es);
expression_text({new, Class, S, Es}) -> sent([atom_to_list(Class), " new"], S, Es);
expression_text({to_class, Class, S, Es}) -> sent(atom_to_list(Class), S, Es);
expression_text({to_integer, N, S, Es}) -> sent(integer_to_list(N), S, Es);
expression_text({guard, E}) -> ["([", expression_text(E), "] on: Error do: [:e | #(e kind, e errorClass, e selector)])"];
expression_text({block, Es}) -> ["([", lists:join(". ", [expression_text(E) || E <- Es]), "] value)"];
expression_text({block_with, Argument, E}) -> ["([:p | ", expression_text(E), "] value: ", expression_text(Argument), ")"];
expression_text({each, E}) -> ["(#(1, 2) collect: [:p | ", expression_text(E), "])"].
