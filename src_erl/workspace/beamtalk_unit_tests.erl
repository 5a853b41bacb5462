%%% @doc Test classes: `TestCase' subclasses of files and directories, their fixtures and documentation tests.
%%%
%%% Everything is loaded into one image before the first test; files run in name order, test methods in source order. A file that cannot be
%%% loaded is a failure of its own and keeps no other from running.
-module(beamtalk_unit_tests).

-export([collect/1, load/2, code_options/0, build_options/0]).

-export_type([plan/0]).

-type plan() :: #{files := [file:filename()], fixtures := [file:filename()]}.
-type loaded() :: #{
    suites := [beamtalk_test_run:suite()],
    %% Diagnostics of the compiler that are no errors: the file, its text, and what there is to say.
    warnings := [{file:filename(), beamtalk_compiler_backend:diagnostic()}],
    %% About files nothing runs in.
    notes := [unicode:chardata()]
}.

%%% Which files

%% @doc Test files and fixtures of the paths.
-spec collect([file:filename()]) -> {ok, plan()} | {error, unicode:chardata()}.
collect(Paths) ->
    collect(Paths, #{files => [], fixtures => []}).

collect([], #{files := Files, fixtures := Fixtures}) ->
    {ok, #{files => once(Files), fixtures => once(Fixtures)}};
collect([Path | Rest], #{files := Files, fixtures := Fixtures}) ->
    case of_path(Path) of
        {ok, OwnFiles, OwnFixtures} -> collect(Rest, #{files => Files ++ OwnFiles, fixtures => Fixtures ++ OwnFixtures});
        {error, Text} -> {error, Text}
    end.

of_path(Path) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path), filename:extension(Path)} of
        {true, _, _} ->
            {Fixtures, Files} = lists:partition(fun(File) -> is_fixture(File, Path) end, below(Path)),
            {ok, Files, fixtures_above(Path) ++ Fixtures};
        {_, true, ".bt"} ->
            Dir = filename:dirname(Path),
            {ok, [Path], fixtures_above(Dir) ++ below(filename:join(Dir, "fixtures"))};
        {_, true, ".btscript"} ->
            {error, ["File '", Path, "' is a script: run it with `beamtalk test-script'"]};
        {_, true, _} ->
            {error, ["File '", Path, "' is not a .bt source file"]};
        _ ->
            {error, ["Test path '", Path, "' not found"]}
    end.

below(Dir) -> beamtalk_source_loader:sources_below(Dir).

%% A part of a directory of tests finds the fixtures of the whole: those of the directories between it and the working directory.
fixtures_above(Path) ->
    {ok, Here} = file:get_cwd(),
    Parts = filename:split(canonical(Path)),
    case lists:prefix(filename:split(Here), Parts) of
        true ->
            Steps = lists:nthtail(length(filename:split(Here)), Parts),
            Above = [lists:sublist(Steps, N) || N <- lists:seq(1, length(Steps) - 1)],
            lists:append([below(filename:join(Dir ++ ["fixtures"])) || Dir <- Above, not lists:member("fixtures", Dir)]);
        false ->
            []
    end.

%% What the directory itself is called does not matter.
is_fixture(File, Dir) ->
    lists:member("fixtures", lists:nthtail(length(filename:split(Dir)), filename:split(filename:dirname(File)))).

%% Each file once, however its path is written.
once(Files) ->
    {Distinct, _} = lists:foldl(
        fun(File, {Kept, Seen}) ->
            Path = canonical(File),
            case Seen of
                #{Path := _} -> {Kept, Seen};
                #{} -> {[File | Kept], Seen#{Path => seen}}
            end
        end,
        {[], #{}},
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

%%% Loading

%% @doc How classes are compiled that run in tests: none of them ends the node.
-spec code_options() -> beamtalk_core_compiler:options().
code_options() ->
    #{redirect => beamtalk_test_node:redirections()}.

%% @doc How packages are built for tests.
-spec build_options() -> beamtalk_package_build:options().
build_options() ->
    #{profile => test, build => #{core => code_options()}}.

%% @doc Compiles side by side and loads.
-spec load(plan(), beamtalk_test_options:options()) -> {ok, loaded()} | {error, [unicode:chardata()]}.
load(#{files := Files, fixtures := Fixtures}, Options) ->
    Loads = [{File, Path} || File <- Files, Path <- load_directives(File)],
    _ = [deprecated(File, Path) || {File, Path} <- Loads],
    %% What is named as a test is one, wherever it lies.
    Named = maps:from_keys([canonical(File) || File <- Files], named),
    All = [Path || Path <- once(Fixtures ++ [Path || {_, Path} <- Loads]), not is_map_key(canonical(Path), Named)],
    case collisions(All) ++ [missing(File, Path) || {File, Path} <- Loads, not filelib:is_regular(Path)] of
        [] -> {ok, load(Files, All, Options)};
        Errors -> {error, Errors}
    end.

load(Files, Fixtures, Options) ->
    Classes = beamtalk_parallel:map(fun(File) -> {File, class_of(File)} end, Fixtures ++ Files),
    Code = #{core_options => (code_options())#{keep_frames => test_superclasses([Class || {_, Class} <- Classes])}},
    #{loaded := Prepared, failed := Broken} = beamtalk_source_loader:files(Fixtures, Code),
    Taken = maps:from_list([{atom_to_binary(Class), File} || {File, #{class := Class}} <- Prepared, Class =/= none]),
    {Own, Doubled} = distinct_classes(lists:nthtail(length(Fixtures), Classes), Taken),
    #{loaded := Loaded, failed := Failed} = beamtalk_source_loader:files(Own, Code),
    load_ended(Files, Prepared, Broken, Loaded, maps:from_list(Failed ++ Doubled), Options).

load_ended(Files, Prepared, Broken, Loaded, Unusable, Options) ->
    Classes = maps:from_list([{File, Class} || {File, #{class := Class}} <- Loaded]),
    ok = beamtalk_test_transcript:start(),
    Suites = [suite(File, Classes, Unusable, Options) || File <- Files],
    #{
        suites => [broken_suite(File, Failure) || {File, Failure} <- Broken] ++ beamtalk_test_run:ordered(Suites, "", Options),
        warnings => [{File, D} || {File, #{diagnostics := Found}} <- Prepared ++ Loaded, #{severity := <<"warning">>} = D <- Found],
        notes => lists:append([without_tests(Class, File) || {File, Class} <- lists:sort(maps:to_list(Classes))])
    }.

%% TestCase and the classes below it: the superclasses of test classes.
test_superclasses(Classes) -> test_superclasses(Classes, [<<"TestCase">>]).

test_superclasses(Classes, Known) ->
    case [Name || {Name, Superclass} <- Classes, lists:member(Superclass, Known), not lists:member(Name, Known)] of
        [] -> [binary_to_atom(Name) || Name <- Known];
        More -> test_superclasses(Classes, lists:usort(More) ++ Known)
    end.

%% A class that comes a second time would take the place of the first, and its tests with it.
distinct_classes(Named, Taken) ->
    {Own, Doubled, _} = lists:foldl(fun distinct_class/2, {[], [], Taken}, Named),
    {lists:reverse(Own), lists:reverse(Doubled)}.

distinct_class({File, none}, {Own, Doubled, Seen}) ->
    {[File | Own], Doubled, Seen};
distinct_class({File, {Class, _}}, {Own, Doubled, Seen}) ->
    case Seen of
        #{Class := Other} ->
            Text = ["Class '", Class, "' is also defined in '", Other, "'; one of the two needs another name"],
            {Own, [{File, beamtalk_failure:simple(Text)} | Doubled], Seen};
        #{} ->
            {[File | Own], Doubled, Seen#{Class => File}}
    end.

class_of(File) ->
    case beamtalk_source_loader:read(File, #{}) of
        {ok, #{classes := [#{name := Name} = Class | _]}} -> {Name, maps:get(superclass, Class, none)};
        _ -> none
    end.

%% The old form of naming a fixture.
load_directives(File) ->
    case file:read_file(File) of
        {ok, Text} ->
            case re:run(Text, "^\\s*//\\s*@load\\s+(\\S+)", [multiline, global, {capture, all_but_first, list}]) of
                {match, Found} -> [Path || [Path] <- Found];
                nomatch -> []
            end;
        {error, _} ->
            []
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

without_tests(none, _) ->
    [];
without_tests(Class, File) ->
    case is_test_class(Class) andalso beamtalk_test_case:test_methods(Class, source) of
        [] -> [["'", File, "' holds no tests: no method of ", atom_to_binary(Class), " begins with 'test'"]];
        _ -> []
    end.

is_test_class(Class) ->
    beamtalk_class_registry:inherits_from(Class, 'TestCase') andalso not beamtalk_class_registry:is_abstract(Class).

%%% Running

suite(File, Classes, Unusable, Options) ->
    case {Unusable, Classes} of
        {#{File := Failure}, _} -> broken_suite(File, Failure);
        {_, #{File := Class}} -> suite(File, Class, Options)
    end.

suite(File, Class, Options) ->
    Path = unicode:characters_to_binary(File),
    Run = fun() -> run_class(Class, Path, Options) ++ doc_tests(File, Path, Options) end,
    #{name => name_of(Class, File), file => Path, run => Run}.

name_of(none, File) -> stem(File);
name_of(Class, _) -> atom_to_binary(Class).

stem(File) -> unicode:characters_to_binary(filename:basename(File, ".bt")).

broken_suite(File, Failure) ->
    Path = unicode:characters_to_binary(File),
    Run = fun() -> [beamtalk_test_report:broken(stem(File), Path, Failure)] end,
    #{name => stem(File), file => Path, run => Run}.

doc_tests(File, Path, Options) ->
    {ok, Read} = beamtalk_source_loader:read(File, #{}),
    beamtalk_doc_tests:run(Read, Path, Options).

run_class(none, _, _) ->
    [];
run_class(Class, Path, Options) ->
    Name = atom_to_binary(Class),
    All = [T || is_test_class(Class), T <- beamtalk_test_case:test_methods(Class, source)],
    case [T || T <- All, beamtalk_test_run:wanted(<<Name/binary, ">>", (atom_to_binary(T))/binary>>, Options)] of
        [] -> [];
        Tests -> [run_tests(Class, beamtalk_test_run:ordered(Tests, Name, Options), beamtalk_test_report:new(Name, Path), Options)]
    end.

run_tests(Class, Tests, Report, #{timeout := Limit}) ->
    Start = erlang:monotonic_time(microsecond),
    {Done, Leaders} = lists:foldl(
        fun(Test, {Acc, Leaders}) ->
            ok = beamtalk_test_node:runs([atom_to_binary(Class), ">>", atom_to_binary(Test)]),
            #{leader := Leader} = Outcome = beamtalk_isolated_test:run(Class, Test, Limit),
            {judged(Outcome, Class, Test, Acc), [Leader | Leaders]}
        end,
        {Report, []},
        Tests
    ),
    %% Not before the last test: tests of a class may share an actor.
    ok = beamtalk_isolated_test:end_left(Leaders),
    beamtalk_test_report:took(erlang:monotonic_time(microsecond) - Start, Done).

judged(#{verdict := Verdict, output := Output, time := Time}, Class, Test, Report) ->
    Always = (beamtalk_test_trace:beginning(Class, Test))#{what => atom_to_binary(Test), output => Output, time => Time},
    case Verdict of
        passed ->
            beamtalk_test_report:passed(Always, Report);
        {failed, Details} ->
            Failure = maps:merge(Always, Details),
            beamtalk_test_report:failed(Failure#{place => place(Class, Failure, Report)}, Report)
    end.

place(Class, Failure, #{file := Path}) ->
    Line = [[$:, integer_to_list(Line)] || #{line := Line} <- [Failure]],
    [atom_to_binary(Class), " (", maps:get(file, Failure, Path), Line, ")"].
