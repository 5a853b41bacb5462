%% Formatting from Erlang: the call of the compiler, files, differences.
-module(beamtalk_formatting_tests).

-include_lib("eunit/include/eunit.hrl").

format_test_() ->
    {setup, fun() -> {ok, _} = application:ensure_all_started(beamtalk_compiler) end, [
        fun formatted/0, fun refused/0, fun files/0, fun links_and_modes/0
    ]}.

formatted() ->
    ?assertEqual({ok, <<"x := 1\n">>}, beamtalk_compiler:format(<<"x:=1">>)),
    ?assertEqual({ok, <<>>}, beamtalk_compiler:format(<<"\n\n">>)),
    ?assertError(function_clause, beamtalk_compiler:format("x")).

refused() ->
    {error, #{diagnostics := [#{severity := <<"error">>, line := 2, column := 3, file := File} | _]}} =
        beamtalk_compiler:format(<<"x\ny ) z">>, #{path => <<"a.bt">>}),
    ?assertEqual(<<"a.bt">>, File),
    {error, #{diagnostics := [#{code := <<"input/utf8">>} | _]}} = beamtalk_compiler:format(<<255, 254>>).

files() ->
    in_directory(fun(Dir) ->
        Path = fun(Name) -> filename:join(Dir, Name) end,
        [ok = file:write_file(Path(Name), Text) || {Name, Text} <- [{"a.bt", "x:=1"}, {"b.bt", "x := 1\n"}, {"c.bt", "(1"}, {"d.txt", "x"}]],
        {ok, Files} = beamtalk_format_files:sources([list_to_binary(Dir), list_to_binary(Path("a.bt"))]),
        ?assertEqual(["a.bt", "b.bt", "c.bt"], [filename:basename(F) || F <- Files]),
        ?assertMatch({error, _}, beamtalk_format_files:sources([list_to_binary(Path("d.txt"))])),
        ?assertMatch({error, _}, beamtalk_format_files:sources([list_to_binary(Path("none"))])),
        ?assertMatch([{_, {changed, <<"x:=1">>, <<"x := 1\n">>}}, {_, same}, {_, {refused, _, [_ | _]}}], beamtalk_format_files:each(compare, Files)),
        ?assertEqual({ok, <<"x:=1">>}, file:read_file(Path("a.bt"))),
        _ = beamtalk_format_files:each(write, Files),
        ?assertEqual({ok, <<"x := 1\n">>}, file:read_file(Path("a.bt"))),
        ?assertEqual({ok, <<"(1">>}, file:read_file(Path("c.bt"))),
        ?assertMatch([{_, same}, {_, same}, {_, {refused, _, _}}], beamtalk_format_files:each(write, Files))
    end).

links_and_modes() ->
    in_directory(fun(Dir) ->
        File = filename:join(Dir, "real.bt"),
        Link = filename:join(Dir, "link.bt"),
        ok = file:write_file(File, "x:=1"),
        ok = file:change_mode(File, 8#640),
        ok = file:make_symlink("real.bt", Link),
        ?assertMatch([{_, {changed, _, _}}], beamtalk_format_files:each(write, [Link])),
        ?assertMatch({ok, "real.bt"}, file:read_link(Link)),
        ?assertEqual({ok, <<"x := 1\n">>}, file:read_file(File)),
        {ok, Info} = file:read_file_info(File),
        ?assertEqual(8#640, element(8, Info) band 8#777)
    end).

in_directory(Test) ->
    Dir = filename:join(os:getenv("TMPDIR", "/tmp"), lists:concat(["beamtalk-fmt-", os:getpid(), "-", erlang:unique_integer([positive])])),
    ok = filelib:ensure_dir(filename:join(Dir, "any")),
    try
        Test(Dir)
    after
        file:del_dir_r(Dir)
    end.

diff_test_() ->
    Diff = fun(Old, New) -> unicode:characters_to_list(beamtalk_line_diff:diff(list_to_binary(Old), list_to_binary(New))) end,
    [
        ?_assertEqual("", Diff("a\nb\n", "a\nb\n")),
        ?_assertEqual("@@ line 1 @@\n a\n-b\n+B\n c\n d\n", Diff("a\nb\nc\nd\ne\nf", "a\nB\nc\nd\ne\nf")),
        ?_assertEqual("@@ line 2 @@\n b\n c\n+new\n d\n e\n", Diff("a\nb\nc\nd\ne\nf", "a\nb\nc\nnew\nd\ne\nf")),
        ?_assertEqual("@@ line 1 @@\n-a\n b\n c\n", Diff("a\nb\nc\nd", "b\nc\nd")),
        %% Apart enough for two hunks.
        ?_assertEqual(2, length(string:split(Diff("a\n1\n2\n3\n4\n5\n6\nb", "A\n1\n2\n3\n4\n5\n6\nB"), "@@ line", all)) - 1),
        ?_assertEqual(1, length(string:split(Diff("a\n1\n2\nb", "A\n1\n2\nB"), "@@ line", all)) - 1)
    ].

%% Applied to the first text, a difference gives the second.
diff_is_complete_test() ->
    rand:seed(exsss, {1, 2, 3}),
    Text = fun() -> lists:join("\n", [lists:nth(rand:uniform(4), ["a", "b", "", "c"]) || _ <- lists:seq(1, rand:uniform(30))]) end,
    [
        begin
            {Old, New} = {iolist_to_binary(Text()), iolist_to_binary(Text())},
            Lines = binary:split(iolist_to_binary(beamtalk_line_diff:diff(Old, New)), <<"\n">>, [global, trim]),
            Count = fun(Mark) -> length([L || <<M, _/binary>> = L <- Lines, M =:= Mark]) end,
            Of = fun(T) -> length(binary:split(T, <<"\n">>, [global])) end,
            ?assertEqual(Of(New) - Of(Old), Count($+) - Count($-))
        end
     || _ <- lists:seq(1, 300)
    ].
