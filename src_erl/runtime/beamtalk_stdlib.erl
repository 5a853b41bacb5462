%%% @doc Loads the library: every compiled class under `priv/stdlib/ebin', superclasses first.
-module(beamtalk_stdlib).

-export([load/0, load/1, default_dir/0]).

%% @doc Loads from the application's own directory; without one there is nothing to load.
-spec load() -> {ok, non_neg_integer()} | {error, term()}.
load() ->
    load(application:get_env(beamtalk, stdlib_dir, default_dir())).

%% @doc Loads from a directory and makes the modules findable by the code server.
-spec load(file:filename()) -> {ok, non_neg_integer()} | {error, term()}.
load(Dir) ->
    Files = lists:sort(filelib:wildcard(filename:join(Dir, "*.beam"))),
    _ = Files =/= [] andalso code:add_patha(Dir),
    {Loaded, Fresh} = lists:partition(fun is_loaded/1, Files),
    %% Modules used before the runtime started could not register then.
    _ = [(module(File)):register_class() || File <- Loaded],
    case beamtalk_loader:load_files(Fresh) of
        {ok, _} -> {ok, length(Files)};
        {error, Error} -> {error, Error}
    end.

is_loaded(File) ->
    code:is_loaded(module(File)) =/= false.

module(File) ->
    list_to_atom(filename:basename(File, ".beam")).

-spec default_dir() -> file:filename().
default_dir() ->
    case code:priv_dir(beamtalk) of
        {error, _} ->
            Ebin = filename:dirname(code:which(?MODULE)),
            filename:join([filename:dirname(Ebin), "priv", "stdlib", "ebin"]);
        Priv ->
            filename:join([Priv, "stdlib", "ebin"])
    end.
