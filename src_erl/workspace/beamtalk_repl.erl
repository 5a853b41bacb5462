%%% @doc The prompt: reads inputs, evaluates them in a session, shows what comes of them.
%%%
%%% One process. At a terminal its group leader edits lines and sends an exit signal for Ctrl-C, which ends the evaluation or the lines
%%% gathered so far; from a pipe lines are read as they are.
-module(beamtalk_repl).

-export([run/1]).

-export_type([options/0]).

-type options() :: #{terminal := boolean(), colours := boolean()}.

-record(repl, {
    session :: pid(),
    printer :: pid(),
    terminal :: boolean(),
    colours :: boolean(),
    input = beamtalk_repl_input:new() :: beamtalk_repl_input:input()
}).

-spec run(options()) -> ok.
run(#{terminal := Terminal, colours := Colours}) ->
    process_flag(trap_exit, true),
    Leader = group_leader(),
    Printer = beamtalk_transcript_printer:start(),
    {ok, Session} = beamtalk_session:start(#{sink => fun(Text) -> io:put_chars(Leader, Text) end}),
    Repl = #repl{session = Session, printer = Printer, terminal = Terminal, colours = Colours},
    _ = Terminal andalso io:setopts([{expand_fun, fun(Reversed) -> expand(Reversed, Session) end}]),
    put_line(["Beamtalk v", beamtalk_cli:release()]),
    put_line("Type :help for available commands, :exit to quit.\n"),
    ok = package(Repl),
    loop(Repl).

%% The package of the project, if it is one. Paths at the prompt begin there.
package(Repl) ->
    ok = enter(beamtalk_project:root("."), filename:absname("")),
    case beamtalk_manifest:read(".") of
        {ok, Manifest} ->
            ok = loaded_package(beamtalk_package:load(".", #{report => fun beamtalk_cli_build:warn/1})),
            entry(maps:get(entry, Manifest, none), Repl);
        {error, none} ->
            ok;
        {error, Text} ->
            put_line(["Warning: ", Text])
    end.

enter(Here, Here) ->
    ok;
enter(Root, _) ->
    case filelib:is_regular(filename:join(Root, "beamtalk.toml")) andalso file:set_cwd(Root) of
        ok -> put_line(["  Project:   ", Root]);
        _ -> ok
    end.

loaded_package({ok, #{name := Name, version := Version}, Classes}) ->
    put_line(["Compiled ", Name, " v", Version, " (", integer_to_list(Classes), " classes)"]);
loaded_package({error, Problems}) ->
    put_line(["Warning: package compilation failed: ", lists:join("\n", [beamtalk_failure:file_text(Problem) || Problem <- Problems])]).

entry(none, _) ->
    ok;
entry(Source, Repl) ->
    put_line(["> ", Source]),
    _ = evaluate(Source, Repl),
    ok.

%%% Reading

loop(Repl) ->
    case io:get_line(prompt(Repl)) of
        eof -> bye(Repl);
        {error, interrupted} -> cancelled(Repl);
        {error, _} -> bye(Repl);
        Line -> line(unicode:characters_to_binary(Line), Repl)
    end.

%% Only a person is prompted.
prompt(#repl{terminal = false}) ->
    "";
prompt(#repl{input = Input}) ->
    case beamtalk_repl_input:is_buffering(Input) of
        true -> "..> ";
        false -> "> "
    end.

cancelled(#repl{input = Input} = Repl) ->
    ok = forget_interrupts(),
    case beamtalk_repl_input:is_buffering(Input) of
        true -> put_line("\nCancelled");
        false -> put_line("")
    end,
    loop(Repl#repl{input = beamtalk_repl_input:new()}).

forget_interrupts() ->
    receive
        {'EXIT', _, interrupt} -> forget_interrupts()
    after 0 -> ok
    end.

bye(#repl{terminal = Terminal, session = Session, input = Input} = Repl) ->
    %% A script may end without the line break that would have ended its last input.
    _ = Terminal orelse finish_input(beamtalk_repl_input:line(<<>>, Input, fun(_) -> true end), Repl),
    ok = beamtalk_session:stop(Session),
    put_line("Goodbye!").

finish_input({complete, Source}, Repl) -> evaluate(Source, Repl);
finish_input(_, _) -> ok.

line(Line, #repl{input = Input} = Repl) ->
    ok = forget_interrupts(),
    Fresh = Repl#repl{input = beamtalk_repl_input:new()},
    case beamtalk_repl_input:line(Line, Input, fun beamtalk_compiler:is_complete/1) of
        empty -> loop(Fresh);
        {more, More} -> loop(Repl#repl{input = More});
        {complete, Source} -> input(Source, Fresh);
        {command, Text} -> command(beamtalk_repl_input:command(Text), Fresh)
    end.

input(Source, #repl{session = Session} = Repl) ->
    IsVariable = fun(Word) -> lists:keymember(Word, 1, beamtalk_session:bindings(Session)) end,
    case beamtalk_repl_input:word_hint(Source, IsVariable) of
        {hint, Word} -> put_line(["Hint: did you mean `:", Word, "`? REPL commands start with `:`"]);
        none -> evaluate(Source, Repl)
    end,
    loop(Repl).

%%% Evaluating

evaluate(Source, #repl{session = Session} = Repl) ->
    show(interruptible(fun() -> beamtalk_session:eval(Session, Source) end, Session), Repl).

%% Waits in a helper, so that this process hears of Ctrl-C.
interruptible(Work, Session) ->
    {_, Monitor} = spawn_monitor(fun() -> exit({shutdown, {done, Work()}}) end),
    await(Monitor, Session).

await(Monitor, Session) ->
    receive
        {'DOWN', Monitor, process, _, {shutdown, {done, Reply}}} ->
            Reply;
        {'DOWN', Monitor, process, _, Reason} ->
            Text = ["Evaluation crashed: ", beamtalk_printer:term_text(Reason)],
            #{result => {error, beamtalk_failure:simple(Text)}, output => <<>>, warnings => []};
        {'EXIT', _, interrupt} ->
            ok = beamtalk_session:interrupt(Session),
            await(Monitor, Session)
    end.

show(#{result := Result, output := Output, warnings := Warnings}, #repl{colours = Colours, printer = Printer}) ->
    ok = beamtalk_transcript_printer:flush(Printer),
    _ = Output =/= <<>> andalso binary:last(Output) =/= $\n andalso put_line(""),
    _ = [io:put_chars(standard_error, [beamtalk_colours:warning(Colours, [[16#26A0], " ", W]), $\n]) || W <- Warnings],
    case Result of
        {ok, {value, Value} = Shown} -> put_line(beamtalk_colours:value(Colours, Value, beamtalk_repl_text:value(Shown)));
        {ok, {_, Name, Loaded}} ->
            put_line([beamtalk_colours:value(Colours, Name, Name), updated(Loaded)]),
            notes([Loaded]);
        {error, {text, <<"Interrupted">>}} -> put_line("Interrupted");
        {error, Failure} -> put_line([beamtalk_colours:error_label(Colours), beamtalk_failure:text(Failure)])
    end.

notes(Loaded) -> lists:foreach(fun put_line/1, beamtalk_repl_text:notes(Loaded)).

updated(#{migrated := Migrated, failed := Failed, pending := Pending}) ->
    Parts = [
        [integer_to_list(N), plural(N), Text]
     || {N, Text} <- [{Migrated, " updated"}, {length(Failed), " not updated"}, {length(Pending), " busy, updated next"}], N > 0
    ],
    case Parts of
        [] -> [];
        _ -> [" (", lists:join(", ", Parts), ")"]
    end.

plural(1) -> " actor";
plural(_) -> " actors".

%%% Commands

command(unknown, Repl) ->
    put_line("Unknown command. Type :help for the list."),
    loop(Repl);
command({exit, _}, #repl{session = Session}) ->
    ok = beamtalk_session:stop(Session),
    put_line("Goodbye!");
command({Name, Argument}, Repl) ->
    ok = do(Name, Argument, Repl),
    loop(Repl).

do(help, <<>>, _) ->
    put_text(commands_text());
do(help, Topic, _) ->
    case beamtalk_help_topic:text(Topic) of
        {ok, Text} -> put_line(Text);
        {error, Text} -> put_line(Text)
    end;
do(clear, _, #repl{session = Session}) ->
    ok = beamtalk_session:clear(Session),
    put_line("Bindings cleared.");
do(bindings, _, #repl{session = Session}) ->
    case beamtalk_session:bindings(Session) of
        [] -> put_line("No bindings.");
        Bindings -> put_text([["  ", Name, " = ", beamtalk_display:text(Value), $\n] || {Name, Value} <- Bindings])
    end;
do(load, <<>>, _) ->
    put_line("Usage: :load <path>");
do(load, Path, #repl{session = Session}) ->
    File = binary_to_list(string:trim(Path, both, "\"'")),
    said("Loaded ", beamtalk_session:load(Session, File));
do(reload, <<>>, #repl{session = Session}) ->
    case beamtalk_session:reload(Session) of
        none -> put_line("No file or directory has been loaded yet");
        Outcome -> said("Reloaded ", Outcome)
    end;
do(reload, Module, _) ->
    case beamtalk_workspace:reload_module(Module) of
        {ok, Loaded} ->
            put_line(["Reloaded ", beamtalk_repl_text:loaded_names([{Module, Loaded}]), updated(Loaded)]),
            notes([Loaded]);
        {error, Failure} -> put_line(["Error: ", beamtalk_failure:text(Failure)])
    end;
do(modules, _, _) ->
    case beamtalk_workspace:modules() of
        [] -> put_line("No modules loaded.");
        Modules -> put_text(["Loaded modules:\n", [module_line(M) || M <- Modules]])
    end;
do(actors, _, _) ->
    case beamtalk_workspace:actors() of
        [] -> put_line("No actors.");
        Actors -> put_text([["  ", beamtalk_display:text(Actor), $\n] || Actor <- Actors])
    end;
do(show_codegen, Source, #repl{session = Session}) ->
    Known = [Name || {Name, _} <- beamtalk_session:bindings(Session)],
    case beamtalk_compiler:show(core, Source, #{mode => expression, known_vars => Known}) of
        {ok, #{text := Text}} when Text =/= <<>> -> put_line(Text);
        {ok, #{diagnostics := Found}} -> put_line(["Error: ", beamtalk_failure:text({compile, Found})]);
        {error, #{diagnostics := Found}} -> put_line(["Error: ", beamtalk_failure:text({compile, Found})])
    end;
do(test, <<>>, Repl) ->
    evaluate(<<"TestRunner runAll">>, Repl);
do(test, Class, Repl) ->
    evaluate(<<Class/binary, " runAll">>, Repl);
do(disasm, Method, _) ->
    put_line(beamtalk_repl_machine:disassembly(Method));
do(tiers, Class, _) ->
    put_line(beamtalk_repl_machine:tiers(Class));
do(compile, Method, _) ->
    put_line(beamtalk_repl_machine:compile_native(Method));
do(time, Source, Repl) ->
    Start = erlang:monotonic_time(microsecond),
    ok = evaluate(Source, Repl),
    Elapsed = erlang:monotonic_time(microsecond) - Start,
    put_text(io_lib:format("Elapsed: ~.1f ms~n", [Elapsed / 1000])).

said(Word, {file, _, #{loaded := [{_, Loaded}]} = Summary} = Outcome) ->
    {ok, Names} = beamtalk_repl_text:loaded(Outcome),
    put_line([Word, Names, updated(Loaded)]),
    notes([Loaded]),
    warnings(Summary);
said(_, {file, _, _} = Outcome) ->
    {failed, Text} = beamtalk_repl_text:loaded(Outcome),
    put_line(["Error: ", Text]);
said(Word, {dir, _, #{failed := []} = Summary} = Outcome) ->
    case beamtalk_repl_text:loaded(Outcome) of
        {ok, Text} -> put_line([Word, Text]);
        {failed, Text} -> put_line(Text)
    end,
    notes([One || {_, One} <- maps:get(loaded, Summary)]),
    warnings(Summary);
said(_, {dir, _, #{loaded := Loaded, failed := Failed}}) ->
    Names = lists:join(", ", [filename:basename(File) || {File, _} <- Failed]),
    put_text([
        ["  ", [16#2713], " ", beamtalk_repl_text:file_count(length(Loaded)), " loaded\n"],
        ["  ", [16#2717], " ", beamtalk_repl_text:file_count(length(Failed)), " failed (", Names, ")\n"],
        beamtalk_repl_text:failures(Failed)
    ]).

warnings(#{loaded := Loaded, warnings := Warnings}) ->
    All = Warnings ++ lists:append([Own || {_, #{warnings := Own}} <- Loaded]),
    io:put_chars(standard_error, [[[16#26A0], " ", W, $\n] || W <- All]).

module_line(#{module := Module, file := File, actors := Count}) ->
    Source =
        case File of
            nil -> "unknown";
            _ -> filename:basename(File)
        end,
    io_lib:format("  ~ts (~ts) - ~b actors~n", [Module, Source, Count]).

commands_text() ->
    "  :help [Class [selector]]  this list, or help on a class or method\n"
    "  :load PATH                load a class file or a directory\n"
    "  :reload [MODULE]          load the last file or directory, or a module, again\n"
    "  :bindings                 show the variables\n"
    "  :clear                    forget the variables\n"
    "  :modules                  show the loaded modules\n"
    "  :actors                   show the live actors\n"
    "  :test [Class]             run test classes\n"
    "  :time EXPR                evaluate and tell how long it took\n"
    "  :show-codegen EXPR        show the Core Erlang of an expression\n"
    "  :disasm Class selector    show the evaluator's code of a method\n"
    "  :tiers [Class]            show how often methods have run in the evaluator\n"
    "  :compile Class selector   ask for native code of a method (not supported yet)\n"
    "  :exit                     leave (also Ctrl-D)\n".

%%% Completing

expand(Reversed, Session) ->
    Line = lists:reverse(Reversed),
    {Prefix, Names} = beamtalk_completion:complete(Line, beamtalk_session:bindings(Session)),
    case Names of
        [] -> {no, "", []};
        [Name] -> {yes, lists:nthtail(length(Prefix), Name) ++ " ", []};
        _ -> {yes, lists:nthtail(length(Prefix), common(Names)), Names}
    end.

common(Names) -> lists:foldl(fun common/2, hd(Names), tl(Names)).

common([C | A], [C | B]) -> [C | common(A, B)];
common(_, _) -> [].

%%% Writing

put_line(Text) -> put_text([Text, $\n]).

put_text(Text) -> io:put_chars(Text).
