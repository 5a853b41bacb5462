%%% @doc Every entry point the compiler may call is exported by the runtime.
%%% The table is read from the compiler's source, so the two lists cannot drift.
-module(beamtalk_contracts_tests).

-include_lib("eunit/include/eunit.hrl").

entry_points_test_() ->
    [
        {lists:flatten(io_lib:format("~ts:~ts/~b", [M, F, A])), fun() ->
            Module = list_to_atom(M),
            {module, Module} = code:ensure_loaded(Module),
            ?assert(erlang:function_exported(Module, list_to_atom(F), A))
        end}
     || {M, F, A} <- entries()
    ].

entries() ->
    {ok, Text} = file:read_file(source()),
    {match, Rows} = re:run(
        Text, "entry\\((DISPATCH|\"[^\"]+\"), \"([^\"]+)\", &\\[([0-9, ]+)\\]\\)", [global, {capture, all_but_first, list}]
    ),
    [
        {module(M), F, list_to_integer(string:trim(A))}
     || [M, F, Arities] <- Rows, A <- string:split(Arities, ",", all)
    ].

module("DISPATCH") -> "beamtalk_message_dispatch";
module(Quoted) -> string:trim(Quoted, both, "\"").

%% The project's root is the first parent directory that has the file.
source() ->
    {ok, Cwd} = file:get_cwd(),
    source(Cwd, 8).

source(Dir, N) when N > 0 ->
    File = filename:join(Dir, "native/bt-core-erlang/src/entry_points.rs"),
    case filelib:is_regular(File) of
        true -> File;
        false -> source(filename:dirname(Dir), N - 1)
    end.
