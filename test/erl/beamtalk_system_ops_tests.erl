%% File, FileHandle, System, JSON, TestCase and Transcript primitives, control flow.
-module(beamtalk_system_ops_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-define(raises(Kind, Class, Hint, Expr),
    ?assertError(#{error := #beamtalk_error{kind = Kind, class = Class, hint = Hint}}, Expr)
).
-define(F, beamtalk_file_ops).
-define(J, beamtalk_json_ops).

%%% Files: in a directory of their own, because paths are relative.

files_test_() ->
    {setup, fun enter/0, fun leave/1, [
        fun written_files_are_read/0,
        fun lines_lose_their_ends/0,
        fun handles_read_on/0,
        fun missing_files/0,
        fun the_file_is_closed/0,
        fun large_files_are_not_read_at_once/0,
        {timeout, 60, fun lines_of_any_length/0},
        {timeout, 60, fun large_files_are_no_list_of_lines/0},
        fun what_is_no_file_is_not_waited_for/0
    ]}.

enter() ->
    {ok, Old} = file:get_cwd(),
    New = filename:join(["/tmp", "beamtalk_file_ops_" ++ os:getpid()]),
    ok = filelib:ensure_dir(filename:join(New, "x")),
    ok = file:set_cwd(New),
    {Old, New}.

leave({Old, New}) ->
    ok = file:set_cwd(Old),
    ok = file:del_dir_r(New).

write(Text) ->
    nil = ?F:writeAll_contents('File', <<"a/b/f.txt">>, Text).

written_files_are_read() ->
    write(<<"one">>),
    ?assertEqual(<<"one">>, ?F:readAll('File', <<"a/b/f.txt">>)),
    ?assert(?F:exists('File', <<"a/b/f.txt">>)),
    ?assertNot(?F:exists('File', <<"a/b">>)),
    ?raises(io_error, 'File', _, ?F:readAll('File', <<"a/b">>)),
    ?raises(io_error, 'File', _, ?F:lines('File', <<"a/b">>)).

lines_lose_their_ends() ->
    Lines = fun() -> beamtalk_stream_ops:asList(?F:lines('File', <<"a/b/f.txt">>)) end,
    write(<<"a\r\nü\n\nlast"/utf8>>),
    ?assertEqual([<<"a">>, <<"ü"/utf8>>, <<>>, <<"last">>], Lines()),
    write(<<"a\n">>),
    ?assertEqual([<<"a">>], Lines()),
    write(<<>>),
    ?assertEqual([], Lines()),
    ?assertEqual(<<"File.lines('a/b/f.txt')">>, beamtalk_stream_ops:printString(?F:lines('File', <<"a/b/f.txt">>))).

handles_read_on() ->
    write(<<"a\nb">>),
    Both = fun(H) -> {?F:handle_lines(H), ?F:handle_lines(H), ?F:printString(H)} end,
    ?assertEqual({[<<"a">>, <<"b">>], [], <<"a FileHandle">>}, ?F:open_do('File', <<"a/b/f.txt">>, Both)).

missing_files() ->
    ?raises(file_not_found, 'File', <<"Check that the file exists">>, ?F:readAll('File', <<"nope">>)),
    ?raises(file_not_found, 'File', _, ?F:lines('File', <<"nope">>)),
    ?raises(file_not_found, 'File', _, ?F:open_do('File', <<"nope">>, fun(_) -> never end)).

the_file_is_closed() ->
    write(<<"a">>),
    Self = self(),
    Fail = fun(#{handle := Handle}) -> Self ! Handle, error(boom) end,
    ?assertError(boom, ?F:open_do('File', <<"a/b/f.txt">>, Fail)),
    Handle = receive H -> H end,
    ?raises(io_error, 'FileHandle', _, ?F:handle_lines(#{handle => Handle})),
    Stream = ?F:lines('File', <<"a/b/f.txt">>),
    ?assertEqual([<<"a">>], beamtalk_stream_ops:take(Stream, 1)),
    ?raises(io_error, 'File', _, beamtalk_stream_ops:take(Stream, 1)).

%% Nothing of it is on the disk: files with a hole.
large_files_are_not_read_at_once() ->
    Hint = <<"Use File lines:, which reads as the lines are asked for">>,
    with_hole("large", 1 bsl 28),
    ?assertEqual(1 bsl 28, byte_size(?F:readAll('File', <<"large">>))),
    ok = file:write_file(<<"large">>, <<"\n">>, [append]),
    ?raises(io_error, 'File', Hint, ?F:readAll('File', <<"large">>)).

with_hole(Name, Size) ->
    {ok, File} = file:open(Name, [write, raw]),
    {ok, _} = file:position(File, Size),
    ok = file:truncate(File),
    ok = file:close(File).

%% Ends of lines before, at and behind the ends of what is read at once.
lines_of_any_length() ->
    Sizes = lists:seq(65534, 65538) ++ [0, 131071, 131072, 200000, 1, 65535, 65536],
    Lines = [binary:copy(<<"x">>, Size) || Size <- Sizes],
    [
        begin
            write(iolist_to_binary([lists:join(End, Lines), Last])),
            ?assertEqual(Lines, beamtalk_stream_ops:asList(?F:lines('File', <<"a/b/f.txt">>))),
            ?assertEqual({Lines, []}, ?F:open_do('File', <<"a/b/f.txt">>, fun(H) -> {?F:handle_lines(H), ?F:handle_lines(H)} end))
        end
     || End <- [<<"\n">>, <<"\r\n">>], Last <- [End, <<>>]
    ],
    with_hole("endless", 1 bsl 40),
    ?raises(io_error, 'File', undefined, beamtalk_stream_ops:take(?F:lines('File', <<"endless">>), 1)),
    ?raises(io_error, 'FileHandle', undefined, ?F:open_do('File', <<"endless">>, fun ?F:handle_lines/1)).

large_files_are_no_list_of_lines() ->
    Hint = <<"Use File lines:, which reads as the lines are asked for">>,
    ok = file:write_file("many", binary:copy(<<"\n">>, (1 bsl 23) + 1)),
    ?raises(io_error, 'FileHandle', Hint, ?F:open_do('File', <<"many">>, fun ?F:handle_lines/1)),
    %% Lines that are each short enough, together too long.
    with_hole("long", 1 bsl 27),
    ok = file:write_file("long", <<"\n">>, [append]),
    {ok, Long} = file:open("long", [read, write, raw]),
    ok = file:pwrite(Long, (1 bsl 28) + 100, <<"\n">>),
    ok = file:pwrite(Long, (1 bsl 28) + (1 bsl 20), <<"\n">>),
    ok = file:close(Long),
    ?raises(io_error, 'FileHandle', Hint, ?F:open_do('File', <<"long">>, fun ?F:handle_lines/1)).

what_is_no_file_is_not_waited_for() ->
    Hint = <<"It is a device or a pipe, not a file">>,
    [] = os:cmd("mkfifo pipe"),
    ok = file:make_symlink("/dev/zero", "device"),
    [
        begin
            ?assertNot(?F:exists('File', Path)),
            ?raises(io_error, 'File', Hint, ?F:readAll('File', Path)),
            ?raises(io_error, 'File', Hint, ?F:lines('File', Path)),
            ?raises(io_error, 'File', Hint, ?F:open_do('File', Path, fun(_) -> never end)),
            ?raises(io_error, 'File', Hint, ?F:writeAll_contents('File', Path, <<"x">>))
        end
     || Path <- [<<"pipe">>, <<"device">>]
    ].

paths_stay_inside_test_() ->
    Bad = [<<"/etc/passwd">>, <<"\\x">>, <<"C:x">>, <<"a/../b">>, <<"..">>, <<"a\\..\\b">>, <<"a", 0>>],
    [?_test(?raises(invalid_path, 'File', _, ?F:readAll('File', P))) || P <- Bad] ++
        [?_assertNot(?F:exists('File', P)) || P <- [7 | Bad]] ++
        [
            ?_test(?raises(type_error, 'File', <<"Path must be a String">>, ?F:lines('File', log))),
            ?_test(?raises(type_error, 'File', _, ?F:open_do('File', 7, fun(_) -> 1 end))),
            ?_test(?raises(type_error, 'File', _, ?F:open_do('File', <<"/x">>, fun() -> 1 end))),
            ?_test(?raises(type_error, 'File', <<"Contents must be a String">>, ?F:writeAll_contents('File', <<"x">>, 1)))
        ].

%%% System

environment_test_() ->
    [
        ?_assertEqual(nil, beamtalk_system_ops:getEnv('System', <<"BEAMTALK_NO_SUCH">>)),
        ?_assertEqual(nil, beamtalk_system_ops:getEnv('System', <<"A=B">>)),
        ?_assertEqual(<<"d">>, beamtalk_system_ops:getEnv_default('System', <<"BEAMTALK_NO_SUCH">>, <<"d">>)),
        ?_test(?raises(type_error, 'System', _, beamtalk_system_ops:getEnv('System', 'PATH'))),
        ?_test(?raises(type_error, 'System', _, beamtalk_system_ops:getEnv_default('System', <<"PATH">>, 42)))
    ].

platform_test_() ->
    [
        ?_assert(byte_size(beamtalk_system_ops:F('System')) > 0)
     || F <- [osPlatform, osFamily, architecture, hostname, erlangVersion]
    ] ++ [?_assert(beamtalk_system_ops:pid('System') > 0)].

%%% JSON

parse(Text) -> ?J:parse('JSON', Text).

reading_test_() ->
    [
        ?_assertEqual(#{<<"a">> => [1, -2.5, true, nil]}, parse(<<" {\"a\" : [1, -2.5, true, null]} ">>)),
        ?_assertEqual(100.0, parse(<<"1e2">>)),
        ?_assertEqual(0.15, parse(<<"1.5E-1">>)),
        ?_assertEqual(<<"a\n\"\\/é😀"/utf8>>, parse(<<"\"a\\n\\\"\\\\\\/\\u00e9\\ud83d\\ude00\"">>)),
        ?_assertEqual([], parse(<<"[]">>)),
        ?_assertEqual(#{}, parse(<<"{ }">>)),
        ?_assertEqual(#{<<"a">> => 2}, parse(<<"{\"a\":1,\"a\":2}">>)),
        ?_assertEqual(12345678901234567890123, parse(<<"12345678901234567890123">>))
    ].

bad_text_test_() ->
    Bad = [
        <<>>, <<"{">>, <<"[1,]">>, <<"{\"a\"}">>, <<"{a:1}">>, <<"01">>, <<"-">>, <<"1.">>, <<".5">>, <<"1e">>, <<"tru">>,
        <<"\"a">>, <<"\"\\x\"">>, <<"\"\\ud800\"">>, <<"\"\n\"">>, <<"1 2">>, <<"1e999">>, <<"\"", 255, "\"">>,
        binary:copy(<<"[">>, 100000), binary:copy(<<"9">>, 100000), <<"'a'">>, <<"nul">>, <<"[1 2]">>, <<"{\"a\":1,}">>
    ],
    [?_test(?raises(parse_error, 'JSON', <<"Check that the string is valid JSON">>, parse(Text))) || Text <- Bad] ++
        [?_test(?raises(type_error, 'JSON', _, parse(7)))].

writing_test_() ->
    Generate = fun(V) -> ?J:generate('JSON', V) end,
    [
        ?_assertEqual(<<"[4,5]">>, Generate([4, 5])),
        ?_assertEqual(<<"{\"a\":null,\"b\":[]}">>, Generate(#{a => nil, b => []})),
        ?_assertEqual(<<"\"up\"">>, Generate(up)),
        ?_assertEqual(<<"\"a\\\"\\\\\\n\\u0001é\""/utf8>>, Generate(<<"a\"\\\n", 1, "é"/utf8>>)),
        ?_assertEqual(<<"2.5">>, Generate(2.5)),
        ?_assertEqual(<<"[1]">>, Generate(beamtalk_array_ops:withAll('Array', [1])))
    ] ++
        [
            ?_test(?raises(type_error, 'JSON', _, Generate(V)))
         || V <- [{1}, self(), fun() -> 1 end, <<255>>, [1 | 2], #{{1} => 2}, deep(5000)]
        ].

deep(0) -> [];
deep(N) -> [deep(N - 1)].

pretty_text_parses_back_test() ->
    Value = #{<<"a">> => [1, #{<<"b">> => nil}], <<"c">> => #{}},
    Text = ?J:prettyPrint('JSON', Value),
    ?assertEqual(Value, parse(Text)),
    ?assertNotEqual(nomatch, binary:match(Text, <<"\n  \"a\": [\n    1">>)).

%%% Tests, transcript, control flow

failing_test() ->
    ?assertError(
        #{error := #beamtalk_error{kind = assertion_failed, class = 'TestCase', message = <<"oops">>}},
        beamtalk_test_case_ops:fail(nil, oops)
    ),
    ?assertError(#{error := #beamtalk_error{message = <<"{a,1}">>}}, beamtalk_test_case_ops:fail(nil, {a, 1})).

summaries_test() ->
    ?assertEqual(<<"1 tests, 1 passed (0.0s)">>, beamtalk_printer:test_summary(1, 1, 0, 0)),
    ?assertEqual(<<"4 tests, 1 passed, 3 failed (1.5s)">>, beamtalk_printer:test_summary(4, 1, 3, 1.5)).

transcript_test() ->
    put('$beamtalk_state', #{entries => [], size => 0, subscribers => []}),
    T = beamtalk_transcript_ops,
    ?assertEqual(me, T:show(me, <<"a">>)),
    me = T:subscribe(me, self()),
    _ = [T:show(me, V) || V <- [12, nil, up, [1], "up"]],
    me = T:cr(me),
    ?assertEqual([<<"a">>, <<"12">>, <<"nil">>, <<"up">>, <<"#(1)">>, <<"up">>, <<"\n">>], T:recent(me)),
    me = T:unsubscribe(me, self()),
    _ = [T:show(me, N) || N <- lists:seq(1, 5000)],
    ?assertEqual(1000, length(T:recent(me))),
    ?assertEqual(<<"5000">>, lists:last(T:recent(me))),
    ?assertEqual([], T:recent(T:clear(me))),
    ?assertEqual([<<"12">>, <<"nil">>, <<"up">>, <<"#(1)">>, <<"up">>, <<"\n">>], output()),
    erase('$beamtalk_state').

output() ->
    receive
        {transcript_output, Text} -> [Text | output()]
    after 0 -> []
    end.

conditions_are_booleans_test() ->
    B = beamtalk_block_ops,
    ?assertEqual(nil, B:whileTrue(fun() -> false end, fun() -> error(never) end)),
    ?assertEqual(nil, B:whileFalse(fun() -> true end, fun() -> error(never) end)),
    ?raises(does_not_understand, 'Integer', _, B:whileTrue(fun() -> 1 end, fun() -> 1 end)),
    ?raises(does_not_understand, 'UndefinedObject', _, B:conditionalTrue(nil, fun() -> 1 end)),
    ?assertEqual(false, B:conditionalTrue(false, fun() -> 1 end)),
    ?assertEqual(3, B:ensure(fun() -> 3 end, fun() -> 4 end)).
