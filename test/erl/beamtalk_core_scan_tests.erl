%%% Our scanner and OTP's read the same tokens.
-module(beamtalk_core_scan_tests).

-include_lib("eunit/include/eunit.hrl").

same(Text) ->
    {ok, Expected, _} = core_scan:string(binary_to_list(Text)),
    ?assertEqual({ok, Expected}, beamtalk_core_scan:tokens(Text)).

library_test_() ->
    {timeout, 60, fun() ->
        {ok, _} = application:ensure_all_started(beamtalk_compiler),
        Files = filelib:wildcard("stdlib/src/**/*.bt"),
        ?assert(length(Files) > 40),
        [
            begin
                {ok, Source} = file:read_file(File),
                Options = #{stdlib_mode => true, path => list_to_binary(File)},
                {ok, #{core_erlang := Core}} = beamtalk_compiler:compile(Source, Options),
                same(Core)
            end
         || File <- Files
        ]
    end}.

forms_test_() ->
    [
        {Text, fun() -> same(Text) end}
     || Text <- [
            <<"module 'a' ['f'/0] attributes []">>,
            <<"let <V0,_1> = call 'm':'f'(-12, 12345678901234567890123) in V0">>,
            <<"~{'a'=>1|V}~ ~{'a':=V}~ #{#<97>(8,1,'integer',['unsigned'|['big']])}#">>,
            <<"(V -| [3,{'file',\"a.bt\"}])\n'b'">>,
            %% What is left to OTP's scanner.
            <<"1.5e10 -0.25 $a 'it\\'s' \"a\\nb\" 16#ff 'größe'"/utf8>>,
            <<"%% a comment\n'x'">>
        ]
    ].

errors_are_those_of_otp_test() ->
    ?assertMatch({error, {core_scan_error, _}}, beamtalk_core_scan:tokens(<<"'unfinished">>)).
