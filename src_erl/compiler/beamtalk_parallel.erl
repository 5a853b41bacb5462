%%% @doc Work on many files at once: a map with one process per scheduler, and writing without half-written files.
-module(beamtalk_parallel).

-export([map/2, write_file/2]).

%% @doc Like `lists:map/2', side by side. A crash of one piece is a crash of the whole.
-spec map(fun((A) -> B), [A]) -> [B].
map(Fun, Items) ->
    Numbered = lists:zip(lists:seq(1, length(Items)), Items),
    Results = schedule(Fun, Numbered, erlang:system_info(schedulers_online), #{}, []),
    [Result || {_, Result} <- lists:sort(Results)].

schedule(_Fun, [], _Free, Running, Results) when map_size(Running) =:= 0 ->
    Results;
schedule(Fun, [{N, Item} | Rest], Free, Running, Results) when Free > 0 ->
    {_, Monitor} = spawn_monitor(fun() -> exit({shutdown, {result, Fun(Item)}}) end),
    schedule(Fun, Rest, Free - 1, Running#{Monitor => N}, Results);
schedule(Fun, Rest, Free, Running, Results) ->
    receive
        {'DOWN', Monitor, process, _, Reason} when is_map_key(Monitor, Running) ->
            {N, Others} = maps:take(Monitor, Running),
            case Reason of
                {shutdown, {result, Result}} -> schedule(Fun, Rest, Free + 1, Others, [{N, Result} | Results]);
                Crash -> error(Crash)
            end
    end.

%% @doc Writes beside the file and renames: a reader sees the old content or the new, never a part.
-spec write_file(file:filename(), iodata()) -> ok | {error, file:posix() | badarg | terminated | system_limit}.
write_file(File, Content) ->
    Temporary = lists:concat([File, ".", os:getpid(), ".", erlang:unique_integer([positive]), ".tmp"]),
    maybe_write(Temporary, File, Content).

maybe_write(Temporary, File, Content) ->
    case file:write_file(Temporary, Content) of
        ok ->
            case file:rename(Temporary, File) of
                ok ->
                    ok;
                {error, _} = Error ->
                    _ = file:delete(Temporary),
                    Error
            end;
        {error, _} = Error ->
            Error
    end.
