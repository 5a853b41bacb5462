%% Packages that need packages: the manifest's [dependencies], what is built again, and what is said when something is wrong.
-module(beamtalk_dependencies_tests).

-include_lib("eunit/include/eunit.hrl").

dependencies_test_() ->
    {setup, fun() -> {ok, _} = application:ensure_all_started(beamtalk_compiler) end, fun(_) -> ok end, [
        {Title, {timeout, 60, fun() -> in_folder(Test) end}}
     || {Title, Test} <- [
            {"those that are needed come first, each once", fun order/1},
            {"an interface reaches the packages that use it", fun incremental/1},
            {"a package that is needed no more goes", fun forgotten/1},
            {"mistakes in a package that is needed", fun broken/1},
            {"a circle", fun circle/1},
            {"two places for one name", fun two_places/1},
            {"places that are none", fun wrong_places/1},
            {"one class in two packages", fun collision/1},
            {"a git repository by tag, branch and commit", fun git/1},
            {"git repositories that cannot be fetched", fun git_wrong/1},
            {"a git dependency that changes its mind", fun git_changed/1}
        ]
    ]}.

%% shop needs shapes and colours, both need base.
in_folder(Test) ->
    Name = lists:concat(["beamtalk-dependencies-", os:getpid(), "-", erlang:unique_integer([positive])]),
    Dir = filename:join([os:getenv("TMPDIR", "/tmp"), Name]),
    manifest(Dir, "base", ""),
    write(Dir, "base/src/Named.bt", "Object subclass: Named\n  state: name = \"it\"\n  name -> String => self.name\n"),
    manifest(Dir, "shapes", "base = { path = \"../base\" }\n"),
    write(Dir, "shapes/src/Circle.bt", "Named subclass: Circle\n  area: r -> Number => r * r * 3\n"),
    manifest(Dir, "colours", "base = { path = \"../shop/../base\" }\n"),
    write(Dir, "colours/src/Red.bt", "Named subclass: Red\n  shade => 7\n"),
    manifest(Dir, "shop", "shapes = { path = \"../shapes\" }\ncolours = { path = \"../colours\" }\n"),
    write(Dir, "shop/src/Till.bt", "Object subclass: Till\n  sum => (Circle new area: 2) + Red new shade\n"),
    write(Dir, "shop/src/Other.bt", "Object subclass: Other\n  one => 1\n"),
    try
        Test(Dir)
    after
        file:del_dir_r(Dir)
    end.

manifest(Dir, Name, Dependencies) ->
    write(Dir, Name ++ "/beamtalk.toml", ["[package]\nname = \"", Name, "\"\nversion = \"1.0.0\"\n\n[dependencies]\n", Dependencies]).

write(Dir, Path, Text) ->
    File = filename:join(Dir, Path),
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, Text).

change(Dir, Path, From, To) ->
    File = filename:join(Dir, Path),
    {ok, Text} = file:read_file(File),
    Changed = binary:replace(Text, list_to_binary(From), list_to_binary(To)),
    ?assertNotEqual(Text, Changed),
    ok = file:write_file(File, Changed).

build(Dir) ->
    build(Dir, #{}).

build(Dir, Options) ->
    beamtalk_package_build:build(filename:join(Dir, "shop"), Options).

%% What was compiled, package by package.
compiled(Dir) ->
    {ok, #{parts := Parts} = Built} = build(Dir),
    ?assert(beamtalk_package_build:is_whole(Built)),
    [{binary_to_list(Name), [binary_to_list(M) || M <- Modules]} || #{project := #{package := #{name := Name}}, result := #{compiled := Modules}} <- Parts].

failure(Dir) ->
    {error, Text} = build(Dir),
    string:replace(unicode:characters_to_list(Text), Dir, "DIR", all).

-define(assertSaid(Expected, Text), ?assertEqual(Expected, lists:flatten(Text))).

order(Dir) ->
    ?assertEqual(
        [
            {"base", ["bt@base@named"]}, {"shapes", ["bt@shapes@circle"]}, {"colours", ["bt@colours@red"]},
            {"shop", ["bt@shop@other", "bt@shop@till"]}
        ],
        compiled(Dir)
    ),
    Deps = filename:join([Dir, "shop", "_build", "deps"]),
    ?assertEqual({ok, ["base", "colours", "shapes"]}, sorted(file:list_dir(Deps))),
    {ok, [{application, shapes, Properties}]} = file:consult(filename:join([Deps, "shapes", "ebin", "shapes.app"])),
    ?assertEqual([kernel, stdlib, beamtalk, base], proplists:get_value(applications, Properties)),
    %% A superclass of another package is known: the call is bound to its module.
    {ok, _} = file:read_file(filename:join([Deps, "shapes", "ebin", "bt@shapes@circle.beam"])).

sorted({ok, Names}) -> {ok, lists:sort(Names)}.

incremental(Dir) ->
    _ = compiled(Dir),
    Nothing = [{"base", []}, {"shapes", []}, {"colours", []}, {"shop", []}],
    ?assertEqual(Nothing, compiled(Dir)),
    %% A body concerns its own file.
    change(Dir, "shapes/src/Circle.bt", "r * r * 3", "r * r * 4"),
    ?assertEqual([{"base", []}, {"shapes", ["bt@shapes@circle"]}, {"colours", []}, {"shop", []}], compiled(Dir)),
    %% What it answers concerns its users, also those that use it through others.
    change(Dir, "base/src/Named.bt", "name -> String", "name -> Object"),
    ?assertEqual(
        [{"base", ["bt@base@named"]}, {"shapes", ["bt@shapes@circle"]}, {"colours", ["bt@colours@red"]}, {"shop", ["bt@shop@till"]}], compiled(Dir)
    ),
    ?assertEqual(Nothing, compiled(Dir)),
    %% Code for tests is beside it and leaves it alone.
    Refuse = #{redirect => #{{erlang, halt} => {beamtalk_test_node, refused}}},
    {ok, #{parts := Parts}} = build(Dir, #{profile => test, build => #{core => Refuse}}),
    ?assertEqual(5, lists:sum([length(Modules) || #{result := #{compiled := Modules}} <- Parts])),
    ?assertEqual(Nothing, compiled(Dir)).

forgotten(Dir) ->
    _ = compiled(Dir),
    Colours = filename:join([Dir, "shop", "_build", "deps", "colours"]),
    ?assert(filelib:is_dir(Colours)),
    manifest(Dir, "shop", "shapes = { path = \"../shapes\" }\n"),
    change(Dir, "shop/src/Till.bt", " + Red new shade", ""),
    _ = compiled(Dir),
    ?assertNot(filelib:is_dir(Colours)).

broken(Dir) ->
    change(Dir, "shapes/src/Circle.bt", "r * r * 3", "r * r *"),
    {ok, #{parts := Parts} = Built} = build(Dir),
    ?assertNot(beamtalk_package_build:is_whole(Built)),
    %% Nothing behind it is begun.
    ?assertEqual([<<"base">>, <<"shapes">>], [Name || #{project := #{package := #{name := Name}}} <- Parts]),
    #{result := #{failed := [{File, _, [#{severity := <<"error">>} | _]}]}} = lists:last(Parts),
    ?assertEqual(filename:join(Dir, "shop/../shapes/src/Circle.bt"), File).

circle(Dir) ->
    manifest(Dir, "base", "# back again\nshapes = { path = \"../shapes\" }\n"),
    ?assertSaid("DIR/shop/../shapes/../base/beamtalk.toml:7: dependency 'shapes' closes a circle: shapes -> base -> shapes", failure(Dir)),
    manifest(Dir, "base", "base = { path = \".\" }\n"),
    ?assertSaid("DIR/shop/../shapes/../base/beamtalk.toml:6: dependency 'base' closes a circle: base -> base", failure(Dir)),
    manifest(Dir, "base", "shop = { path = \"../shop\" }\n"),
    ?assertSaid("DIR/shop/../shapes/../base/beamtalk.toml:6: dependency 'shop' closes a circle: shop -> shapes -> base -> shop", failure(Dir)).

two_places(Dir) ->
    {ok, _} = file:copy(filename:join(Dir, "base/beamtalk.toml"), begin write(Dir, "copy/src/Else.bt", ""), filename:join(Dir, "copy/beamtalk.toml") end),
    manifest(Dir, "colours", "base = { path = \"../copy\" }\n"),
    ?assertSaid(
        "DIR/shop/../colours/beamtalk.toml:6: dependency 'base' is in another place here (path ../copy) than in DIR/shop/../shapes/beamtalk.toml:6",
        failure(Dir)
    ).

wrong_places(Dir) ->
    Said = fun(Dependencies) ->
        manifest(Dir, "shop", Dependencies),
        lists:flatten(failure(Dir))
    end,
    About = "DIR/shop/beamtalk.toml:6: dependency 'x' ",
    [
        ?assertEqual({Line, About ++ Text}, {Line, Said(Line)})
     || {Line, Text} <- [
            {"x = { path = \"../nowhere\" }", "names a directory that does not exist: '../nowhere'"},
            {"x = { path = \"src\" }", "is no package: there is no beamtalk.toml in 'DIR/shop/src'"},
            {"x = { path = \"../base\" }", "is called 'base' in DIR/shop/../base/beamtalk.toml"},
            {"x = { path = 3 }", "must name its path as a text: { path = \"../NAME\" }"},
            {"x = { path = \"\" }", "must name its path as a text: { path = \"../NAME\" }"},
            {"x = \"1.0\"", "must be { path = \"...\" } or { git = \"...\", tag = \"...\" }"},
            {"x = {}", "names neither a path nor a git repository"},
            {"x = { path = \"../base\", git = \"../base\" }", "names both a path and a git repository"},
            {"x = { path = \"../base\", tag = \"v1\" }", "is a path: tag, rev and branch are for git"},
            {"x = { git = \"../base\" }", "names none of tag, rev and branch: { git = \"...\", tag = \"v1.0\" }"},
            {"x = { git = \"../base\", tag = \"a\", rev = \"b\" }", "names more than one of tag, rev and branch: tag, rev"},
            {"x = { git = \"../base\", tag = 1 }", "must name its tag as a text"},
            {"x = { git = \"--upload-pack=touch /tmp/x\", tag = \"a\" }", "has an address that is none: '--upload-pack=touch /tmp/x'"},
            {"x = { git = \"ext::sh -c true\", tag = \"a\" }", "has an address that is none: 'ext::sh -c true'"},
            {"x = { git = \"../base\", tag = \"--all\" }", "has a tag that is none: '--all'"},
            {"x = { git = \"../base\", branch = \"a..b\" }", "has a branch that is none: 'a..b'"},
            {"x = { git = \"../base\", branch = \"a b\" }", "has a branch that is none: 'a b'"},
            {"x = { git = \"../base\", rev = \"HEAD~1\" }", "has a rev that is none: 'HEAD~1'"}
        ]
    ],
    ?assertEqual("DIR/shop/beamtalk.toml:6: Invalid package name 'Xs': package name must start with a lowercase letter, found 'X' (try 'xs')",
        Said("Xs = { path = \"../base\" }")),
    ?assertEqual("DIR/shop/beamtalk.toml:6: dependency 'y' names a directory that does not exist: 'no'", Said("[dependencies.y]\npath = \"no\"\n")),
    write(Dir, "base/beamtalk.toml", "[package]\nname = base\n"),
    ?assertEqual(
        "DIR/shop/beamtalk.toml:6: dependency 'base' cannot be used: DIR/shop/../base/beamtalk.toml:2: 'base' is no value; texts stand in double quotes",
        Said("base = { path = \"../base\" }")
    ).

collision(Dir) ->
    write(Dir, "shop/src/Red.bt", "Object subclass: Red\n  shade => 8\n"),
    Expected =
        "class 'Red' is defined in package 'colours' (DIR/shop/../colours/src/Red.bt) and in package 'shop' (DIR/shop/src/Red.bt); "
        "it needs another name in all but one",
    Said = fun() ->
        {ok, #{collisions := [Text]} = Built} = build(Dir),
        ?assertNot(beamtalk_package_build:is_whole(Built)),
        lists:flatten(string:replace(unicode:characters_to_list(Text), Dir, "DIR", all))
    end,
    ?assertEqual(Expected, Said()),
    %% As well when nothing is compiled any more.
    ?assertEqual(Expected, Said()).

%%% git

git(Dir) ->
    First = repository(Dir),
    write(Dir, "base/src/Named.bt", "Object subclass: Named\n  name => \"second\"\n"),
    _ = run_git(Dir, ["commit", "-qam", "second"]),
    _ = run_git(Dir, ["branch", "feature/new"]),
    Source = filename:join([Dir, "shop", "_build", "deps", "base", "source", "src", "Named.bt"]),
    [
        begin
            needs_base(Dir, "git = \"../base\", " ++ Ref),
            _ = compiled(Dir),
            {ok, Text} = file:read_file(Source),
            ?assertEqual({Ref, Second}, {Ref, binary:match(Text, <<"second">>) =/= nomatch}),
            ?assertMatch([{"base", []} | _], compiled(Dir))
        end
     || {Ref, Second} <- [
            {"tag = \"v1\"", false}, {"branch = \"feature/new\"", true}, {"rev = \"" ++ First ++ "\"", false}, {"branch = \"main\"", true}
        ]
    ],
    %% What is there needs no repository any more.
    ok = file:rename(filename:join(Dir, "base"), filename:join(Dir, "away")),
    ?assertMatch([{"base", []} | _], compiled(Dir)),
    ?assertEqual([], filelib:wildcard(filename:join([Dir, "shop", "_build", "deps", "base", "*.tmp"]))).

%% Only shop has a manifest that says git; the others go without base.
needs_base(Dir, Source) ->
    manifest(Dir, "shapes", ""),
    write(Dir, "shapes/src/Circle.bt", "Object subclass: Circle\n  area: r => r\n"),
    manifest(Dir, "colours", ""),
    write(Dir, "colours/src/Red.bt", "Object subclass: Red\n  shade => 7\n"),
    manifest(Dir, "shop", ["base = { ", Source, " }\nshapes = { path = \"../shapes\" }\ncolours = { path = \"../colours\" }\n"]).

repository(Dir) ->
    _ = run_git(Dir, ["init", "-q", "-b", "main"]),
    _ = run_git(Dir, ["add", "-A"]),
    _ = run_git(Dir, ["commit", "-qm", "first"]),
    _ = run_git(Dir, ["tag", "v1"]),
    string:trim(run_git(Dir, ["rev-parse", "HEAD"])).

run_git(Dir, Arguments) ->
    Own = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"],
    Options = [{args, Own ++ Arguments}, {cd, filename:join(Dir, "base")}, {env, [{"GIT_DIR", false}]}, exit_status, stderr_to_stdout],
    collect(open_port({spawn_executable, os:find_executable("git")}, Options), []).

collect(Port, Output) ->
    receive
        {Port, {data, More}} -> collect(Port, Output ++ More);
        {Port, {exit_status, 0}} -> Output;
        {Port, {exit_status, _}} -> error({git, Output})
    end.

git_wrong(Dir) ->
    _ = repository(Dir),
    Said = fun(Source) ->
        needs_base(Dir, Source),
        lists:flatten(failure(Dir))
    end,
    About = "DIR/shop/beamtalk.toml:6: dependency 'base' ",
    ?assertEqual(About ++ "has no tag 'v9' in '../base'", Said("git = \"../base\", tag = \"v9\"")),
    ?assertEqual(About ++ "has no tag 'main' in '../base'", Said("git = \"../base\", tag = \"main\"")),
    ?assertEqual(About ++ "has no branch 'v1' in '../base'", Said("git = \"../base\", branch = \"v1\"")),
    ?assertEqual(About ++ "has no rev 'abcdef123456' in '../base'", Said("git = \"../base\", rev = \"abcdef123456\"")),
    ?assertMatch({match, _}, re:run(Said("git = \"../none\", tag = \"v1\""), "^\\Q" ++ About ++ "cannot be fetched from '../none':\\E\n  ")),
    ?assertMatch({match, _}, re:run(Said("git = \"foo://x/y\", tag = \"v1\""), "cannot be fetched from 'foo://x/y'")),
    %% Nothing half fetched is left.
    ?assertEqual([], filelib:wildcard(filename:join([Dir, "shop", "_build", "deps", "base", "*"]))).

git_changed(Dir) ->
    _ = repository(Dir),
    needs_base(Dir, "git = \"../base\", tag = \"v1\""),
    _ = compiled(Dir),
    write(Dir, "base/src/Later.bt", "Object subclass: Later\n  one => 1\n"),
    _ = run_git(Dir, ["add", "-A"]),
    _ = run_git(Dir, ["commit", "-qm", "second"]),
    _ = run_git(Dir, ["tag", "v2"]),
    needs_base(Dir, "git = \"../base\", tag = \"v2\""),
    ?assertMatch([{"base", ["bt@base@later"]} | _], compiled(Dir)),
    %% A clone that was killed long ago goes with the next, a young one may still be at work.
    Kept = filename:join([Dir, "shop", "_build", "deps", "base", "source.1.tmp"]),
    Old = filename:join(filename:dirname(Kept), "source.2.tmp"),
    [ok = filelib:ensure_path(Begun) || Begun <- [Kept, Old]],
    ok = file:change_time(Old, {{2020, 1, 1}, {0, 0, 0}}),
    needs_base(Dir, "git = \"../base\", tag = \"v3\""),
    _ = failure(Dir),
    ?assertEqual({true, false}, {filelib:is_dir(Kept), filelib:is_dir(Old)}),
    %% The files of the tag before are still there, but they are not what is asked for.
    _ = failure(Dir),
    needs_base(Dir, "git = \"../base\", tag = \"v1\""),
    _ = compiled(Dir),
    ?assertNot(filelib:is_regular(filename:join([Dir, "shop", "_build", "deps", "base", "ebin", "bt@base@later.beam"]))).
