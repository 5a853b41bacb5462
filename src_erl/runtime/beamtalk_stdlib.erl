%%% @doc Makes the library's classes known: those compiled under `priv/stdlib/ebin'.
%%%
%%% Where the code server loads modules when they are first called, the classes are registered from one file with the meta data of all, and
%%% each module is loaded when it is needed. Elsewhere (embedded mode, or without that file) every module is loaded at once, superclasses first.
-module(beamtalk_stdlib).

-export([load/0, load/1, default_dir/0, source_root/0, without_dots/1, exports/3]).

%% @doc Loads from the application's own directory; without one there is nothing to load.
-spec load() -> {ok, non_neg_integer()} | {error, term()}.
load() ->
    load(application:get_env(beamtalk, stdlib_dir, default_dir())).

%% @doc Loads from a directory and makes the modules findable by the code server.
-spec load(file:filename()) -> {ok, non_neg_integer()} | {error, term()}.
load(Dir) ->
    case {code:get_mode(), file:read_file(filename:join(Dir, "classes.meta"))} of
        {interactive, {ok, Content}} -> register_all(Dir, binary_to_term(Content));
        _ -> load_all(Dir)
    end.

register_all(Dir, Metas) ->
    true = code:add_patha(Dir),
    _ = [register_unloaded(Meta) || Meta <- Metas],
    {ok, length(Metas)}.

register_unloaded(#{module := Module} = Meta) ->
    ok = beamtalk_class_builder:register(Meta),
    case erlang:module_loaded(Module) of
        true -> ok;
        false -> beamtalk_load_notes:expect(Module)
    end.

%% @doc Like `erlang:function_exported/3', also for a module that is loaded only now.
-spec exports(module(), atom(), arity()) -> boolean().
exports(Module, Function, Arity) ->
    erlang:function_exported(Module, Function, Arity) orelse
        (not erlang:module_loaded(Module) andalso
            code:ensure_loaded(Module) =:= {module, Module} andalso
            erlang:function_exported(Module, Function, Arity)).

load_all(Dir) ->
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

%% @doc The source tree the library was built from. `priv' may be a link into it.
-spec source_root() -> file:filename().
source_root() ->
    Priv = filename:dirname(filename:dirname(default_dir())),
    case file:read_link(Priv) of
        {ok, Target} -> filename:dirname(without_dots(filename:absname(Target, filename:dirname(Priv))));
        {error, _} -> filename:dirname(Priv)
    end.

%% @doc A whole path without the steps `.' and `..' in it.
-spec without_dots(file:filename()) -> file:filename().
without_dots(Path) ->
    without_dots(filename:split(Path), []).

without_dots([".." | Rest], [_ | Above]) -> without_dots(Rest, Above);
without_dots(["." | Rest], Above) -> without_dots(Rest, Above);
without_dots([Part | Rest], Above) -> without_dots(Rest, [Part | Above]);
without_dots([], Above) -> filename:join(lists:reverse(Above)).
