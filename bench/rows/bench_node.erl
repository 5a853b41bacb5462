-module(bench_node).
-behaviour(bench).
-export([rows/0]).
rows() -> [].
