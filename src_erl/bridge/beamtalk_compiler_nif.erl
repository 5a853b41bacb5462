%%% @doc The compiler library inside the node: stubs, and the search for the file they stand for.
%%%
%%% Belongs to the bridge; only `beamtalk_compiler_backend' calls it. A library that cannot be loaded does not keep this module from
%%% loading: the reason is kept for `load_error/0' and every stub raises `nif_not_loaded'. Loading the module again while the
%%% library runs is refused, and what runs goes on: the library has no upgrade of a live node.
-module(beamtalk_compiler_nif).

-behaviour(beamtalk_compiler_backend).

%% API
-export([request/2, version/0, cancel/1, load_error/0, reload/0, library/0]).
%% The stubs
-export([request_nif/1, version_nif/0, cancel_nif/1]).
%% Sessions of the evaluator
-export([eval_new_nif/1, eval_nif/2, eval_dirty_nif/2, eval_drop_nif/1]).

-export_type([load_error/0]).

-nifs([request_nif/1, version_nif/0, cancel_nif/1, eval_new_nif/1, eval_nif/2, eval_dirty_nif/2, eval_drop_nif/1]).
-on_load(on_load/0).

-type load_error() :: #{path := file:filename(), reason := term()}.

%% Where the reason of a failed load is kept; absent while the library runs.
-define(ERROR, {?MODULE, load_error}).

%% @doc Runs in the calling process on a dirty scheduler; the library itself watches the time.
-spec request(map(), timeout()) -> {ok, map()} | {error, beamtalk_compiler_backend:failure()}.
request(Request, _Timeout) ->
    try
        {ok, request_nif(Request)}
    catch
        error:nif_not_loaded -> {error, {unavailable, <<"The compiler library is not loaded">>}};
        error:nif_panicked -> {error, {internal, <<"the compiler library panicked">>}}
    end.

-spec version() -> binary().
version() ->
    version_nif().

%% @doc Asks the running request with this id to stop. Answers whether there was one.
-spec cancel(integer()) -> boolean().
cancel(Id) ->
    cancel_nif(Id).

-spec load_error() -> load_error() | none.
load_error() ->
    persistent_term:get(?ERROR, none).

%% @doc Tries again to load a library that could not be loaded.
-spec reload() -> ok | {error, load_error()}.
reload() ->
    case load_error() of
        none ->
            ok;
        _ ->
            _ = code:purge(?MODULE),
            _ = code:load_file(?MODULE),
            case load_error() of
                none -> ok;
                Error -> {error, Error}
            end
    end.

%% @doc The library to load: the one named by the environment, else the first of the package.
-spec library() -> {ok, file:filename()} | {error, {not_found, [file:filename()]}}.
library() ->
    Candidates = candidates(os:getenv("BEAMTALK_COMPILER_PATH")),
    case lists:search(fun filelib:is_regular/1, Candidates) of
        {value, Path} -> {ok, Path};
        false -> {error, {not_found, Candidates}}
    end.

%% The name without version is the library built here; the others are precompiled, and the highest NIF version this node can load wins.
candidates(Named) when is_list(Named), Named =/= "" ->
    [Named];
candidates(_) ->
    Dir = filename:join(beamtalk_compiler_port:priv_dir(), "native"),
    {Prefix, Extension} = file_parts(os:type()),
    Precompiled = filelib:wildcard(Prefix ++ "-v*-nif-*" ++ Extension, Dir),
    [filename:join(Dir, Name) || Name <- [Prefix ++ Extension | lists:reverse(lists:sort(Precompiled))]].

file_parts({win32, _}) -> {"beamtalk_compiler", ".dll"};
file_parts(_) -> {"libbeamtalk_compiler", ".so"}.

on_load() ->
    %% Old code that still holds the library would make `load_nif' ask for an upgrade.
    _ = code:purge(?MODULE),
    case load() of
        ok ->
            _ = persistent_term:erase(?ERROR),
            ok;
        {error, #{reason := {upgrade, _}}} = Running ->
            Running;
        {error, Error} ->
            persistent_term:put(?ERROR, Error)
    end.

load() ->
    case library() of
        {ok, Path} ->
            case erlang:load_nif(filename:rootname(Path), 0) of
                ok -> ok;
                {error, Reason} -> {error, #{path => Path, reason => Reason}}
            end;
        {error, {not_found, [Wanted | _]} = Reason} ->
            {error, #{path => Wanted, reason => Reason}}
    end.

-spec request_nif(map()) -> map().
request_nif(_Request) ->
    erlang:nif_error(nif_not_loaded).

-spec version_nif() -> binary().
version_nif() ->
    erlang:nif_error(nif_not_loaded).

-spec eval_new_nif(non_neg_integer()) -> reference().
eval_new_nif(_MaxMemory) ->
    erlang:nif_error(nif_not_loaded).

-spec eval_nif(reference(), binary()) -> binary() | busy | lost.
eval_nif(_Session, _Request) ->
    erlang:nif_error(nif_not_loaded).

-spec eval_dirty_nif(reference(), binary()) -> binary() | busy | lost.
eval_dirty_nif(_Session, _Request) ->
    erlang:nif_error(nif_not_loaded).

-spec eval_drop_nif(reference()) -> ok.
eval_drop_nif(_Session) ->
    erlang:nif_error(nif_not_loaded).

-spec cancel_nif(integer()) -> boolean().
cancel_nif(_Id) ->
    erlang:nif_error(nif_not_loaded).
