%%% @doc How much memory the process of an evaluation may take, or of a test: enough for any honest work, less than takes the node along.
%%%
%%% `{beamtalk_workspace, max_heap_mib}' sets that of evaluations, 0 takes the limit away. It counts the terms of the process itself, in words of 8 bytes, while
%%% they are collected as well; long binaries are shared and have limits of their own where they are made.
-module(beamtalk_heap_limit).

-export([option/0, option/1, bytes/0, explained/0]).

-define(MIB, 4096).

%% @doc For `spawn_opt'; the process is killed without a report, whoever monitors it tells why.
-spec option() -> {max_heap_size, map()}.
option() -> option(mib()).

%% @doc The same with a limit in MiB of the caller's own.
-spec option(non_neg_integer()) -> {max_heap_size, map()}.
option(Mib) ->
    {max_heap_size, #{size => Mib * (1 bsl 20) div erlang:system_info(wordsize), kill => true, error_logger => false}}.

%% @doc The limit in bytes, for an evaluation that has no process of its own.
-spec bytes() -> pos_integer().
bytes() ->
    case mib() of
        0 -> 1 bsl 47;
        Mib -> Mib * (1 bsl 20)
    end.

%% @doc What a death by `kill' of such a process means.
-spec explained() -> iodata().
explained() ->
    ["it may have needed more than ", integer_to_binary(mib()), " MiB of memory (beamtalk_workspace, max_heap_mib)"].

mib() -> application:get_env(beamtalk_workspace, max_heap_mib, ?MIB).
