%%% @doc Stubs of `bench_empty_nif.c'.
-module(bench_empty_nif).

-export([load/0, dirty/1, normal/1]).

-nifs([dirty/1, normal/1]).

-spec load() -> ok | {error, term()}.
load() -> erlang:load_nif(bench_program:out("bench_empty_nif"), 0).

-spec dirty(term()) -> term().
dirty(_) -> erlang:nif_error(not_loaded).

-spec normal(term()) -> term().
normal(_) -> erlang:nif_error(not_loaded).
