-module(bench_sends).
-behaviour(bench).
-export([rows/0]).
rows() -> [].
