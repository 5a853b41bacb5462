-module(bench_collections).
-behaviour(bench).
-export([rows/0]).
rows() -> [].
