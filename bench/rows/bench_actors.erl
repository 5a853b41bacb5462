-module(bench_actors).
-behaviour(bench).
-export([rows/0]).
rows() -> [].
