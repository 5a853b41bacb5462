#!/usr/bin/env escript
%% -*- erlang -*-
%% Does OTP accept the code we generate? `otp_accepts.escript DIR [SECONDS]`
%%
%% DIR holds what `bt-fuzz --emit DIR` wrote. Each `.core` file is scanned, parsed, linted, and compiled as the compile API does it (every
%% fourth one with all of OTP's optimisations). As many at a time as there are schedulers; each in a process with limits of memory and time.
%% Fails if any is refused, with the number of the run, whose source stands beside it. With SECONDS it stops after that time and says how
%% far it came.
-mode(compile).

-define(SHOWN, 20).
-define(TIMEOUT_MS, 20000).
%% 512 MiB on a 64-bit machine.
-define(MAX_HEAP_WORDS, 67108864).

main([Dir]) ->
    check(Dir, infinity);
main([Dir, Seconds]) ->
    check(Dir, erlang:monotonic_time(millisecond) + 1000 * list_to_integer(Seconds));
main(_) ->
    io:format(standard_error, "usage: otp_accepts.escript DIR [SECONDS]~n", []),
    halt(2).

check(Dir, End) ->
    true = code:add_patha(ebin()),
    Files = lists:enumerate(lists:sort(filelib:wildcard(filename:join(Dir, "*.core")))),
    Files =/= [] orelse fail("no modules in ~ts", [Dir]),
    Checked = run(Files, erlang:system_info(schedulers_online), 0, End, []),
    Refused = lists:sort([{File, Error} || {File, {error, Error}} <- Checked]),
    [
        io:format("REFUSED ~ts (seed ~ts)~n  ~ts~n", [File, seed(Dir), string:slice(Error, 0, 2000)])
     || {File, Error} <- lists:sublist(Refused, ?SHOWN)
    ],
    io:format("OTP ~ts: ~b of ~b modules checked, ~b refused~n", [
        erlang:system_info(otp_release), length(Checked), length(Files), length(Refused)
    ]),
    Refused =:= [] orelse halt(1).

%% One process per file, no more than `Free` of them.
run([{Number, File} | Rest], Free, Running, End, Done) when Free > 0 ->
    case erlang:monotonic_time(millisecond) < End of
        true ->
            Self = self(),
            spawn_link(fun() -> Self ! {done, File, accepts(Number, File)} end),
            run(Rest, Free - 1, Running + 1, End, Done);
        false ->
            run([], Free, Running, End, Done)
    end;
run(_, _, 0, _, Done) ->
    Done;
run(Files, Free, Running, End, Done) ->
    receive
        {done, File, Result} -> run(Files, Free + 1, Running - 1, End, [{File, Result} | Done])
    end.

accepts(Number, File) ->
    {ok, Core} = file:read_file(File),
    Options = #{
        lint => true, optimise => Number rem 4 =:= 0, timeout => ?TIMEOUT_MS, max_heap_words => ?MAX_HEAP_WORDS
    },
    case lint(Core) of
        ok ->
            case beamtalk_core_compiler:compile(Core, Options) of
                {ok, _, _} -> ok;
                {error, Reason} -> {error, io_lib:format("~ts~n  ~tP", [beamtalk_core_compiler:format_error(Reason), Reason, 60])}
            end;
        Error ->
            Error
    end.

%% Before OTP's first pass: afterwards code that is never reached is gone, and what is wrong with it.
lint(Core) ->
    case core_scan:string(binary_to_list(Core)) of
        {ok, Tokens, _} -> lint_tokens(Tokens);
        {error, Error, _} -> {error, told("scan", Error)}
    end.

lint_tokens(Tokens) ->
    case core_parse:parse(Tokens) of
        {ok, Forms} -> lint_forms(Forms);
        {error, Error} -> {error, told("parse", Error)}
    end.

lint_forms(Forms) ->
    case core_lint:module(Forms, []) of
        {ok, _Warnings} -> ok;
        {error, Errors, _Warnings} -> {error, io_lib:format("lint: ~tP", [Errors, 60])}
    end.

told(Step, {Line, Module, Error}) ->
    io_lib:format("~ts, line ~tp: ~ts", [Step, Line, Module:format_error(Error)]).

ebin() ->
    filename:join([filename:dirname(escript:script_name()), "..", "..", "_build", "default", "lib", "beamtalk", "ebin"]).

seed(Dir) ->
    case file:read_file(filename:join(Dir, "SEED")) of
        {ok, Seed} -> Seed;
        {error, _} -> "unknown"
    end.

-spec fail(string(), [term()]) -> no_return().
fail(Format, Arguments) ->
    io:format(standard_error, "otp_accepts: " ++ Format ++ "~n", Arguments),
    halt(1).
