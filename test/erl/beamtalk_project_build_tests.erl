%% What a build compiles, keeps and removes: `beamtalk_project_build', `beamtalk_project', `beamtalk_package_name'.
-module(beamtalk_project_build_tests).

-include_lib("eunit/include/eunit.hrl").

build_test_() ->
    {setup, fun() -> {ok, _} = application:ensure_all_started(beamtalk_compiler) end, fun(_) -> ok end, [
        {Title, {timeout, 60, fun() -> in_package(Test) end}}
     || {Title, Test} <- [
            {"what changed is compiled", fun what_changed/1},
            {"interfaces reach those that use them", fun interfaces/1},
            {"classes come and go", fun come_and_go/1},
            {"mistakes leave the other files alone", fun mistakes/1},
            {"damaged outputs are made again", fun damaged/1},
            {"outputs do not depend on the place of the project", fun elsewhere/1},
            {"the application file", fun application_file/1},
            {"a killed build leaves no half module", fun killed/1}
        ]
    ]}.

%% Base ← Leaf ← User (by name); Other stands alone.
in_package(Test) ->
    Dir = beamtalk_fixtures_dir(),
    write(Dir, "beamtalk.toml", "[package]\nname = \"shop\"\nversion = \"1.2.3\"\ndescription = \"Sells \\\\ things\"\n"),
    write(Dir, "src/Base.bt", "Object subclass: Base\n  state: n = 1\n  value: x: Integer -> Integer => x + self.n\n"),
    write(Dir, "src/parts/Leaf.bt", "Base subclass: Leaf\n  twice => (self value: 1) * 2\n"),
    write(Dir, "src/User.bt", "Object subclass: User\n  go => Leaf new twice\n"),
    write(Dir, "src/Other.bt", "Object subclass: Other\n  go => 7\n"),
    try
        Test(Dir)
    after
        file:del_dir_r(Dir)
    end.

beamtalk_fixtures_dir() ->
    Name = lists:concat(["beamtalk-build-", os:getpid(), "-", erlang:unique_integer([positive])]),
    filename:join([os:getenv("TMPDIR", "/tmp"), Name]).

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
    {ok, #{units := Units, output := Out} = Project} = beamtalk_project:resolve(Dir),
    Result = beamtalk_project_build:build(Units, Options#{output => Out}),
    {Project, Result}.

%% Modules without their prefix.
compiled(Dir) ->
    {_, #{compiled := Modules, failed := []}} = build(Dir),
    lists:sort([binary_to_list(Name) || <<"bt@shop@", Name/binary>> <- Modules]).

what_changed(Dir) ->
    ?assertEqual(["base", "other", "parts@leaf", "user"], compiled(Dir)),
    ?assertEqual([], compiled(Dir)),
    change(Dir, "src/Base.bt", "x + self.n", "x * self.n"),
    ?assertEqual(["base"], compiled(Dir)),
    %% Same content, other time: nothing to do.
    {ok, Text} = file:read_file(filename:join(Dir, "src/User.bt")),
    write(Dir, "src/User.bt", Text),
    ?assertEqual([], compiled(Dir)),
    {_, #{compiled := All}} = build(Dir, #{force => true}),
    ?assertEqual(4, length(All)),
    {_, #{compiled := Others}} = build(Dir, #{compile => #{allow_primitives => true}}),
    ?assertEqual(4, length(Others)).

interfaces(Dir) ->
    _ = compiled(Dir),
    change(Dir, "src/Base.bt", "x: Integer -> Integer", "x: Integer -> Number"),
    ?assertEqual(["base", "parts@leaf", "user"], compiled(Dir)),
    change(Dir, "src/Base.bt", "Object subclass:", "sealed Object subclass:"),
    {_, #{failed := [{File, _, Found}]}} = build(Dir),
    ?assertEqual("Leaf.bt", filename:basename(File)),
    ?assertMatch([_ | _], [D || #{severity := <<"error">>} = D <- Found]),
    change(Dir, "src/Base.bt", "sealed Object", "Object"),
    %% The module of the subclass is the one from before.
    ?assertEqual(["base", "user"], compiled(Dir)),
    %% Documentation and bodies are no part of it.
    change(Dir, "src/Base.bt", "  value:", "  /// Says more.\n  value:"),
    ?assertEqual(["base"], compiled(Dir)).

come_and_go(Dir) ->
    write(Dir, "src/User.bt", "Object subclass: User\n  go => Later new\n"),
    _ = compiled(Dir),
    write(Dir, "src/Later.bt", "Object subclass: Later\n  go => 1\n"),
    ?assertEqual(["later", "user"], compiled(Dir)),
    ok = file:delete(filename:join(Dir, "src/Later.bt")),
    {#{output := Out}, #{compiled := Compiled, removed := Removed}} = build(Dir),
    ?assertEqual([<<"bt@shop@user">>], Compiled),
    ?assertEqual([<<"bt@shop@later">>], Removed),
    ?assertNot(filelib:is_regular(filename:join(Out, "bt@shop@later.beam"))),
    %% What no build has made is not touched.
    write(Out, "foreign.beam", "no module"),
    _ = compiled(Dir),
    ?assert(filelib:is_regular(filename:join(Out, "foreign.beam"))).

mistakes(Dir) ->
    write(Dir, "src/Wrong.bt", "Object subclass: Wrong\n  go => (1 +\n"),
    {#{output := Out}, #{compiled := Compiled, failed := [{File, _, [#{line := 2} | _]}]}} = build(Dir),
    ?assertEqual("Wrong.bt", filename:basename(File)),
    ?assertEqual(4, length(Compiled)),
    ?assertNot(filelib:is_regular(filename:join(Out, "bt@shop@wrong.beam"))),
    {_, #{compiled := [], kept := 4, failed := [_]}} = build(Dir),
    write(Dir, "src/Wrong.bt", "Object subclass: Wrong\n  go => 1\n"),
    ?assertEqual(["wrong"], compiled(Dir)).

damaged(Dir) ->
    _ = compiled(Dir),
    {ok, #{output := Out}} = beamtalk_project:resolve(Dir),
    Beam = filename:join(Out, "bt@shop@user.beam"),
    {ok, <<Half:200/binary, _/binary>>} = file:read_file(Beam),
    ok = file:write_file(Beam, Half),
    ?assertEqual(["user"], compiled(Dir)),
    ok = file:delete(Beam),
    ?assertEqual(["user"], compiled(Dir)).

elsewhere(Dir) ->
    _ = compiled(Dir),
    Other = Dir ++ "-moved",
    ok = file:rename(Dir, Other),
    try
        ?assertEqual([], compiled(Other)),
        {ok, #{output := Out}} = beamtalk_project:resolve(Other),
        Read = fun() -> element(2, file:read_file(filename:join(Out, "bt@shop@base.beam"))) end,
        Before = Read(),
        {_, #{compiled := [_, _, _, _]}} = build(Other, #{force => true}),
        ?assertEqual(Before, Read())
    after
        file:del_dir_r(Other)
    end.

application_file(Dir) ->
    {#{output := Out} = Project, #{classes := Classes}} = build(Dir),
    ok = beamtalk_project:write_app(Project, Classes),
    {ok, [{application, shop, Keys}]} = file:consult(filename:join(Out, "shop.app")),
    ?assertEqual("1.2.3", proplists:get_value(vsn, Keys)),
    ?assertEqual([kernel, stdlib, beamtalk], proplists:get_value(applications, Keys)),
    ?assertEqual(
        ['bt@shop@base', 'bt@shop@other', 'bt@shop@parts@leaf', 'bt@shop@user'], proplists:get_value(modules, Keys)
    ),
    {classes, Listed} = lists:keyfind(classes, 1, proplists:get_value(env, Keys)),
    ?assert(lists:member({'bt@shop@parts@leaf', 'Leaf', 'Base'}, Listed)),
    %% The code says what it was made from.
    {ok, {_, [{attributes, Attributes}]}} = beam_lib:chunks(filename:join(Out, "bt@shop@user.beam"), [attributes]),
    [#{uses := Uses}] = proplists:get_value(beamtalk, Attributes),
    ?assertEqual([<<"Base">>, <<"Leaf">>], Uses).

%% Killed at many moments; then every module that is there can be loaded, and the next build finishes the work.
killed(Dir) ->
    [
        write(Dir, lists:concat(["src/Many", N, ".bt"]), lists:concat(["Object subclass: Many", N, "\n  go => ", N, "\n"]))
     || N <- lists:seq(1, 30)
    ],
    {ok, #{output := Out}} = beamtalk_project:resolve(Dir),
    [
        begin
            file:del_dir_r(Out),
            {Pid, Monitor} = spawn_monitor(fun() -> build(Dir) end),
            receive
                {'DOWN', Monitor, process, Pid, _} -> ok
            after Ms -> exit(Pid, kill)
            end,
            [
                ?assertMatch({ok, {_, [{attributes, [_ | _]}]}}, beam_lib:chunks(filename:join(Out, Name), [attributes]))
             || Name <- filelib:wildcard("*.beam", Out)
            ]
        end
     || Ms <- [1, 5, 10, 20, 40, 80]
    ],
    _ = compiled(Dir),
    ?assertEqual(34, length(filelib:wildcard("bt@shop@*.beam", Out))),
    ?assertEqual([], compiled(Dir)).

%% Without a manifest

loose_test() ->
    Dir = beamtalk_fixtures_dir(),
    write(Dir, "Alone.bt", "Object subclass: Alone\n"),
    write(Dir, "deep er/Odd.bt", "Object subclass: Odd\n"),
    File = filename:join(Dir, "Alone.bt"),
    try
        ?assertMatch({ok, #{units := [#{module := <<"bt@alone">>}]}}, beamtalk_project:resolve(File)),
        {ok, #{output := Out}} = beamtalk_project:resolve(File),
        ?assertEqual(filename:join(Dir, "build"), Out),
        {error, Directory} = beamtalk_project:resolve(Dir),
        ?assertMatch("Invalid directory name 'deep er' in source path " ++ _, lists:flatten(Directory)),
        write(Dir, "x-y.bt", ""),
        {error, Module} = beamtalk_project:resolve(filename:join(Dir, "x-y.bt")),
        ?assertEqual("Invalid module name 'x-y': must contain only alphanumeric characters and underscores", lists:flatten(Module)),
        write(Dir, "a/alone.bt", "Object subclass: Again\n"),
        file:del_dir_r(filename:join(Dir, "deep er")),
        ok = file:delete(filename:join(Dir, "x-y.bt")),
        {error, Both} = beamtalk_project:resolve(Dir),
        ?assertMatch({match, _}, re:run(unicode:characters_to_binary(Both), "would both make the module 'bt@alone'"))
    after
        file:del_dir_r(Dir)
    end.

manifest_test_() ->
    [
        fun() -> ?assertEqual(unicode:characters_to_binary(Expected), refused(Manifest)) end
     || {Manifest, Expected} <- [
            {"[package]\nversion = \"1\"\n", ": missing key 'name' in [package]"},
            {"[package]\nname = \"a\"\n", ": missing key 'version' in [package]"},
            {"[package]\nname = \"Aa\"\nversion = \"1\"\n",
                ":2: Invalid package name 'Aa': package name must start with a lowercase letter, found 'A' (try 'aa')"},
            {"[package]\nname = \"a\"\nversion = 1\n", ":3: 'version' must be a text in double quotes"},
            {"[package]\nname = \"a\"\nversion = \"1\"\nstart = \"../a\"\n",
                ":4: 'start' must be the name of a file in src/ without its ending, found '../a'"},
            {"[package]\nname = \"a\"\nversion = \"1\"\nlicenses = \"MIT\"\n", ":4: 'licenses' must be a list of texts: [\"MIT\"]"},
            {"package = 1\n", ":1: 'package' must be a section: [package]"},
            {"[package]\nname = \"a\nversion = \"1\"\n", ":2: a text without end"}
        ]
    ].

refused(Manifest) ->
    Dir = beamtalk_fixtures_dir(),
    write(Dir, "beamtalk.toml", Manifest),
    try
        {error, Text} = beamtalk_project:resolve(Dir),
        [_, Rest] = binary:split(unicode:characters_to_binary(Text), <<"beamtalk.toml">>),
        Rest
    after
        file:del_dir_r(Dir)
    end.

%% Names

package_name_test_() ->
    [
        fun() -> ?assertEqual(unicode:characters_to_binary(Expected), why(Name)) end
     || {Name, Expected} <- [
            {<<"shop">>, "ok"},
            {<<"a">>, "ok"},
            {<<"a_1">>, "ok"},
            {binary:copy(<<"a">>, 64), "ok"},
            {<<>>, "package name must not be empty"},
            {<<"MyApp">>, "package name must start with a lowercase letter, found 'M' (try 'my_app')"},
            {<<"HTTPServer">>, "package name must start with a lowercase letter, found 'H' (try 'http_server')"},
            {<<"9lives">>, "package name must start with a lowercase letter, found '9' (try 'lives')"},
            {<<"_x">>, "package name must start with a lowercase letter, found '_' (try 'x')"},
            {<<"my-app">>, "package name must contain only lowercase letters, digits, and underscores \x{2014} found '-' (try 'my_app')"},
            {<<"a/../b">>, "package name must contain only lowercase letters, digits, and underscores \x{2014} found '/' (try 'a_b')"},
            {<<"größe"/utf8>>, "package name must contain only lowercase letters, digits, and underscores \x{2014} found 'ö' (try 'gr_e')"},
            {binary:copy(<<"a">>, 65), "package name is too long (65 chars, max 64)"},
            {<<"kernel">>, "is a reserved package name (conflicts with Beamtalk core)"},
            {<<"ssl">>, "conflicts with an Erlang/OTP standard application"},
            {<<"9">>, "package name must start with a lowercase letter, found '9'"}
        ]
    ].

why(Name) ->
    case beamtalk_package_name:check(Name) of
        ok ->
            <<"ok">>;
        {error, Text} ->
            Size = byte_size(Name),
            <<"Invalid package name '", Name:Size/binary, "': ", Why/binary>> = unicode:characters_to_binary(Text),
            Why
    end.
