%%% @doc Runs test classes: `TestCase' subclasses of a file or directory, their fixtures and documentation tests.
%%%
%%% Everything is loaded into one image before the first test; files run in name order, test methods in source order, each in a process of its
%%% own with a time limit.
-module(beamtalk_unit_tests).

-export([collect/1, run/2]).

-export_type([plan/0]).

-type plan() :: #{files := [file:filename()], fixtures := [file:filename()]}.

-define(TEST_MS, 60000).

%% @doc Test files and fixtures of a path.
-spec collect(file:filename_all()) -> {ok, plan()} | {error, unicode:chardata()}.
collect(Path) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path)} of
        {true, _} ->
            {Fixtures, Files} = lists:partition(fun is_fixture/1, below(Path)),
            {ok, #{files => Files, fixtures => Fixtures}};
        {_, true} ->
            {ok, #{files => [Path], fixtures => below(filename:join(filename:dirname(Path), "fixtures"))}};
        _ ->
            {error, ["Test path '", Path, "' not found"]}
    end.

below(Dir) -> beamtalk_source_loader:sources_below(Dir).

is_fixture(File) -> lists:member("fixtures", filename:split(filename:dirname(File))).

%% @doc Loads and runs. `Tell' gets each report as soon as it is there.
-spec run(plan(), fun((beamtalk_test_report:report()) -> term())) ->
    {ok, [beamtalk_test_report:report()]} | {error, [unicode:chardata()]}.
run(#{files := Files, fixtures := Fixtures}, Tell) ->
    Loads = [{File, Path} || File <- Files, Path <- load_directives(File)],
    _ = [deprecated(File, Path) || {File, Path} <- Loads],
    All = once(Fixtures ++ [Path || {_, Path} <- Loads]),
    case collisions(All) ++ [missing(File, Path) || {File, Path} <- Loads, not filelib:is_regular(Path)] of
        [] ->
            #{failed := Broken} = beamtalk_source_loader:files(All, #{}),
            Results = beamtalk_source_loader:files(Files, #{}),
            fixtures_loaded(Broken, Files, Results, Tell);
        Errors ->
            {error, Errors}
    end.

fixtures_loaded([], Files, #{loaded := Loaded, failed := Failed}, Tell) ->
    {ok, lists:append([told(run_file(File, Loaded, Failed), Tell) || File <- Files])};
fixtures_loaded(Broken, _, _, _) ->
    {error, [[File, ": ", beamtalk_failure:located_text(Failure)] || {File, Failure} <- Broken]}.

told(Reports, Tell) ->
    _ = [Tell(Report) || Report <- Reports],
    Reports.

%% Each file once, however its path is written.
once(Files) ->
    {Distinct, _} = lists:foldl(
        fun(File, {Kept, Seen}) ->
            Path = canonical(File),
            case lists:member(Path, Seen) of
                true -> {Kept, Seen};
                false -> {[File | Kept], [Path | Seen]}
            end
        end,
        {[], []},
        Files
    ),
    lists:reverse(Distinct).

canonical(File) ->
    Parts = lists:foldl(
        fun
            (".", Above) -> Above;
            ("..", [_ | Above]) -> Above;
            (Part, Above) -> [Part | Above]
        end,
        [],
        filename:split(filename:absname(File))
    ),
    filename:join(lists:reverse(Parts)).

%% The old form of naming a fixture.
load_directives(File) ->
    {ok, Text} = file:read_file(File),
    case re:run(Text, "^\\s*//\\s*@load\\s+(\\S+)", [multiline, global, {capture, all_but_first, list}]) of
        {match, Found} -> [Path || [Path] <- Found];
        nomatch -> []
    end.

deprecated(File, Path) ->
    io:put_chars(standard_error, [
        "Deprecated: '// @load ", Path, "' in '", File, "' ", 16#2014, " put the file into the directory fixtures\n"
    ]).

missing(File, Path) ->
    ["Fixture file '", Path, "' referenced by @load in '", File, "' not found"].

collisions(Files) ->
    Named = [{Module, <<"none">>, File} || File <- Files, {ok, Module} <- [beamtalk_source_loader:module_of_file(File)]],
    [
        ["Fixture module name collision for '", Module, "': '", A, "' vs '", B, "'"]
     || {Module, [A, B | _]} <- beamtalk_load_order:duplicates(Named)
    ].

run_file(File, Loaded, Failed) ->
    Path = unicode:characters_to_binary(File),
    case {lists:keyfind(File, 1, Failed), lists:keyfind(File, 1, Loaded)} of
        {{_, Failure}, _} ->
            Name = unicode:characters_to_binary(filename:basename(File, ".bt")),
            Details = #{place => Path, what => Name, message => beamtalk_failure:located_text(Failure)},
            [beamtalk_test_report:failed(Details, beamtalk_test_report:new(Name, Path))];
        {false, {_, #{class := Class}}} ->
            run_class(Class, Path) ++ doc_tests(File, Path)
    end.

doc_tests(File, Path) ->
    {ok, Read} = beamtalk_source_loader:read(File, #{}),
    [beamtalk_doc_tests:run_class(Class, Path) || Class <- beamtalk_doc_tests:classes(Read)].

run_class(Class, Path) ->
    IsTest = beamtalk_class_registry:inherits_from(Class, 'TestCase') andalso not beamtalk_class_registry:is_abstract(Class),
    case IsTest andalso beamtalk_test_case:test_methods(Class, source) of
        false ->
            [];
        [] ->
            [];
        Tests ->
            Report = beamtalk_test_report:new(atom_to_binary(Class), Path),
            [lists:foldl(fun(Test, Acc) -> run_test(Class, Test, Path, Acc) end, Report, Tests)]
    end.

run_test(Class, Test, Path, Report) ->
    case isolated(fun() -> beamtalk_test_case:run_methods(Class, [Test]) end) of
        {ok, #{failures := []}} ->
            beamtalk_test_report:passed(Report);
        {ok, #{failures := [{_, Message} | _]}} ->
            failed(Class, Test, Path, Message, Report);
        {error, Message} ->
            failed(Class, Test, Path, Message, Report)
    end.

failed(Class, Test, Path, Message, Report) ->
    Place = [atom_to_binary(Class), " (", Path, line(Class, Test), ")"],
    beamtalk_test_report:failed(#{place => Place, what => atom_to_binary(Test), message => Message}, Report).

line(Class, Test) ->
    case lists:keyfind(Test, 1, maps:get(methods, beamtalk_class_registry:meta(Class), [])) of
        {_, _, _, _, _, Line, _} -> [$:, integer_to_list(Line)];
        false -> []
    end.

%% A process of its own, its output caught, and not longer than the limit.
isolated(Work) ->
    Capture = beamtalk_output_capture:start(group_leader(), none),
    {Worker, Monitor} = spawn_monitor(fun() ->
        true = group_leader(Capture, self()),
        exit({shutdown, {result, Work()}})
    end),
    Answer =
        receive
            {'DOWN', Monitor, process, _, {shutdown, {result, Result}}} ->
                {ok, Result};
            {'DOWN', Monitor, process, _, Reason} ->
                {error, ["The test's process ended: ", beamtalk_printer:term_text(Reason)]}
        after ?TEST_MS ->
            true = exit(Worker, kill),
            true = erlang:demonitor(Monitor, [flush]),
            {error, io_lib:format("The test did not end within ~b s", [?TEST_MS div 1000])}
        end,
    true = exit(Capture, kill),
    Answer.
