#!/usr/bin/env escript
%% -*- erlang -*-
%% Does OTP accept the code we generate? `otp_accepts.escript DIR [SECONDS]`
%%
%% DIR holds what `bt-fuzz --emit DIR` wrote. Each `.core` file is scanned, parsed, linted, and compiled as the compile API does it (every
%% fourth one with all of OTP's optimisations). As many at a time as there are schedulers; each in a process with limits of memory and time.
%% Fails if any is refused: tells the number of the run, whose source stands beside it, and the smallest source that is refused in the same
%% way. With SECONDS it stops after that time and says how far it came.
-mode(compile).

-define(SHOWN, 20).
-define(SHRUNK, 3).
-define(SHRINK_MS, 60000).
-define(TIMEOUT_MS, 30000).
%% 512 MiB on a 64-bit machine.
-define(MAX_HEAP_WORDS, 67108864).
%% As in src/targets.rs.
-define(KNOWN_VARIABLES, [<<"x">>, <<"y">>, <<"list">>, <<"block">>]).

main([Dir]) ->
    ok = io:setopts([{encoding, unicode}]),
    check(Dir, infinity);
main([Dir, Seconds]) ->
    ok = io:setopts([{encoding, unicode}]),
    check(Dir, now_ms() + 1000 * list_to_integer(Seconds));
main(_) ->
    fail("usage: otp_accepts.escript DIR [SECONDS]", []).

check(Dir, End) ->
    true = code:add_patha(ebin()),
    Files = lists:enumerate(lists:sort(filelib:wildcard(filename:join(Dir, "*.core")))),
    Files =/= [] orelse fail("no modules in ~ts", [Dir]),
    Checked = run(Files, erlang:system_info(schedulers_online), 0, End, []),
    Refused = lists:sort([{File, Optimise, Error} || {File, Optimise, {refused, _} = Error} <- Checked]),
    [show(Dir, File, Error) || {File, _, Error} <- lists:sublist(Refused, ?SHOWN)],
    [show_smallest(File, Optimise, Error) || {File, Optimise, Error} <- lists:sublist(Refused, ?SHRUNK)],
    io:format("OTP ~ts: ~b of ~b modules checked, ~b refused~n", [
        erlang:system_info(otp_release), length(Checked), length(Files), length(Refused)
    ]),
    Refused =:= [] orelse halt(1).

%% One process per file, no more than `Free` of them.
run([{Number, File} | Rest], Free, Running, End, Done) when Free > 0 ->
    case now_ms() < End of
        true ->
            Self = self(),
            Optimise = Number rem 4 =:= 0,
            spawn_link(fun() -> Self ! {done, {File, Optimise, accepts_file(File, Optimise)}} end),
            run(Rest, Free - 1, Running + 1, End, Done);
        false ->
            run([], Free, Running, End, Done)
    end;
run(_, _, 0, _, Done) ->
    Done;
run(Files, Free, Running, End, Done) ->
    receive
        {done, Result} -> run(Files, Free + 1, Running - 1, End, [Result | Done])
    end.

%% What OTP thinks of a module

accepts_file(File, Optimise) ->
    {ok, Core} = file:read_file(File),
    accepts(Core, Optimise).

accepts(Core, Optimise) ->
    case lint(Core) of
        ok -> compile(Core, Optimise);
        Refused -> Refused
    end.

%% Before OTP's first pass: afterwards code that is never reached is gone, and what is wrong with it.
lint(Core) ->
    case core_scan:string(binary_to_list(Core)) of
        {ok, Tokens, _} -> lint_tokens(Tokens);
        {error, Error, _} -> {refused, {scan, Error}}
    end.

lint_tokens(Tokens) ->
    case core_parse:parse(Tokens) of
        {ok, Forms} -> lint_forms(Forms);
        {error, Error} -> {refused, {parse, Error}}
    end.

lint_forms(Forms) ->
    case core_lint:module(Forms, []) of
        {ok, _Warnings} -> ok;
        {error, Errors, _Warnings} -> {refused, {lint, Errors}}
    end.

compile(Core, Optimise) ->
    Options = #{lint => true, optimise => Optimise, timeout => ?TIMEOUT_MS, max_heap_words => ?MAX_HEAP_WORDS},
    case beamtalk_core_compiler:compile(Core, Options) of
        {ok, _, _} -> ok;
        {error, Reason} -> {refused, Reason}
    end.

%% The smallest source: lines are left out, then characters, as long as OTP refuses the code in the same way

show_smallest(File, Optimise, Error) ->
    {ok, _} = application:ensure_all_started(beamtalk),
    {ok, Source} = file:read_file(source(File)),
    Reading = reading(File),
    End = now_ms() + ?SHRINK_MS,
    Check = check_for(Error, Optimise),
    Fails = fun(Pieces) -> now_ms() < End andalso same(Error, again(Reading, iolist_to_binary(Pieces), Check)) end,
    case Fails([Source]) of
        true -> io:format("SMALLEST (~ts, ~ts)~n~ts~n", [source(File), Reading, smallest(Source, Fails)]);
        false -> io:format("not seen again: ~ts~n", [source(File)])
    end.

smallest(Source, Fails) ->
    Lines = iolist_to_binary(without(re:split(Source, "(?<=\n)"), Fails)),
    Flat = flatten(Lines, 1, Fails),
    Smaller = iolist_to_binary(without([<<C/utf8>> || <<C/utf8>> <= Flat], Fails)),
    case byte_size(Smaller) < byte_size(Source) of
        true -> smallest(Smaller, Fails);
        false -> Source
    end.

%% What stands between brackets is often of no concern: a number, an empty block or the content alone may do. The longest first.
flatten(Source, N, Fails) ->
    Brackets = brackets(Source),
    case N =< length(Brackets) of
        true ->
            {Start, Length} = lists:nth(N, Brackets),
            <<Before:Start/binary, Group:Length/binary, After/binary>> = Source,
            Shorter = [By || By <- [<<"1">>, <<"[]">>, binary:part(Group, 1, Length - 2)], byte_size(By) < Length],
            case lists:search(Fails, [[Before, By, After] || By <- Shorter]) of
                {value, Best} -> flatten(iolist_to_binary(Best), N, Fails);
                false -> flatten(Source, N + 1, Fails)
            end;
        false ->
            Source
    end.

%% Places and lengths, the longest first. Brackets in texts are taken for real ones: that costs a few attempts.
brackets(Source) ->
    {Pairs, _} = lists:foldl(
        fun
            ({At, C}, {Found, Open}) when C =:= $(; C =:= $[; C =:= ${ -> {Found, [At | Open]};
            ({At, C}, {Found, [Start | Open]}) when C =:= $); C =:= $]; C =:= $} -> {[{Start, At + 1 - Start} | Found], Open};
            (_, Scan) -> Scan
        end,
        {[], []},
        lists:enumerate(0, binary_to_list(Source))
    ),
    lists:reverse(lists:keysort(2, Pairs)).

without(Pieces, Fails) ->
    without(Pieces, max(1, length(Pieces) div 2), Fails).

without(Pieces, Length, Fails) ->
    Left = leave_out([], Pieces, Length, Fails),
    case Length of
        1 -> Left;
        _ -> without(Left, Length div 2, Fails)
    end.

leave_out(Kept, [], _, _) ->
    lists:append(lists:reverse(Kept));
leave_out(Kept, Pieces, Length, Fails) ->
    {Run, Rest} = lists:split(min(Length, length(Pieces)), Pieces),
    case Fails([lists:reverse(Kept), Rest]) of
        true -> leave_out(Kept, Rest, Length, Fails);
        false -> leave_out([Run | Kept], Rest, Length, Fails)
    end.

again(Reading, Source, Check) ->
    case translate(Reading, Source) of
        {ok, #{core_erlang := Core}} when Core =/= <<>> -> Check(Core);
        _ -> ok
    end.

translate("file", Source) -> beamtalk_compiler:compile(Source, #{});
translate("library", Source) -> beamtalk_compiler:compile(Source, #{stdlib_mode => true});
translate("input", Source) -> beamtalk_compiler:compile_expression(Source, <<"probe">>, ?KNOWN_VARIABLES);
translate("script", Source) ->
    Options = #{skip_checks => true, workspace_mode => false},
    beamtalk_compiler:compile_expression(Source, <<"probe">>, ?KNOWN_VARIABLES, Options);
translate("patch", _Source) -> not_repeated.

%% Compiling is slow: only for what shows nowhere else.
check_for({refused, {core_compile_error, _}}, Optimise) -> fun(Core) -> accepts(Core, Optimise) end;
check_for({refused, _}, _) -> fun lint/1.

same({refused, One}, {refused, Other}) -> kind(One) =:= kind(Other);
same(_, ok) -> false.

kind({lint, [{_Module, [{_Line, core_lint, Error} | _]} | _]}) -> {lint, element(1, Error)};
kind({core_compile_error, [{_File, [{_Line, _Module, {crash, Pass, _Reason, _Stack}} | _]} | _]}) -> {crash, Pass};
kind({core_compile_error, [{_File, [{_Line, Module, _Error} | _]} | _]}) -> {compile, Module};
kind({core_compile_error, Limit}) when is_atom(Limit) -> Limit;
kind(Error) -> element(1, Error).

%% Telling

show(Dir, File, {refused, Error}) ->
    io:format("REFUSED ~ts (seed ~ts)~n  ~ts~n", [File, seed(Dir), string:slice(io_lib:format("~tP", [Error, 60]), 0, 2000)]).

source(File) ->
    [Number, _Reading] = string:split(filename:basename(File, ".core"), "-"),
    filename:join(filename:dirname(File), Number ++ ".bt").

reading(File) ->
    [_Number, Reading] = string:split(filename:basename(File, ".core"), "-"),
    Reading.

seed(Dir) ->
    case file:read_file(filename:join(Dir, "SEED")) of
        {ok, Seed} -> Seed;
        {error, _} -> "unknown"
    end.

ebin() ->
    filename:join([filename:dirname(escript:script_name()), "..", "..", "_build", "default", "lib", "beamtalk", "ebin"]).

now_ms() ->
    erlang:monotonic_time(millisecond).

-spec fail(string(), [term()]) -> no_return().
fail(Format, Arguments) ->
    io:format(standard_error, "otp_accepts: " ++ Format ++ "~n", Arguments),
    halt(2).
