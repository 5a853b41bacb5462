%%% @doc Plain Erlang beside the Beamtalk programs: the same loops, calls and messages.
-module(bench_peer).

-export([fib/2, me/1, pass/2, bit_not/1, length/1, tl/1]).
-export([unary/2, keyword/2, integers/2, strings/2, lists/2]).
-export([to_do/1, while/1, caught/1, catching/0, failing/0]).
-export([do/1, sum/1, collect/1, inject/1, select/1, all/1, missing/1, detect/2, member/2]).
-export([ask/2, later/2, shared/2, tell/2, tell_object/2]).

-compile({no_auto_import, [length/1, tl/1]}).

fib(_, N) when N < 2 -> N;
fib(Self, N) -> ?MODULE:fib(Self, N - 1) + ?MODULE:fib(Self, N - 2).

%%% Sends

me(Self) -> Self.

pass(_Self, X) -> X.

bit_not(X) -> bnot X.

length(Text) -> string:length(Text).

tl(List) -> erlang:tl(List).

unary(0, _) -> ok;
unary(N, O) ->
    _ = ?MODULE:me(?MODULE:me(?MODULE:me(?MODULE:me(?MODULE:me(
        ?MODULE:me(?MODULE:me(?MODULE:me(?MODULE:me(?MODULE:me(O)))))))))),
    unary(N - 1, O).

keyword(N, O) -> keyword(N, O, 0).

keyword(0, _, Last) -> Last;
keyword(N, O, Last) ->
    A = ?MODULE:pass(O, ?MODULE:pass(O, ?MODULE:pass(O, ?MODULE:pass(O, ?MODULE:pass(O, Last))))),
    keyword(N - 1, O, ?MODULE:pass(O, ?MODULE:pass(O, ?MODULE:pass(O, ?MODULE:pass(O, ?MODULE:pass(O, A)))))).

integers(0, X) -> X;
integers(N, X) ->
    integers(N - 1, ?MODULE:bit_not(?MODULE:bit_not(?MODULE:bit_not(?MODULE:bit_not(?MODULE:bit_not(
        ?MODULE:bit_not(?MODULE:bit_not(?MODULE:bit_not(?MODULE:bit_not(?MODULE:bit_not(X))))))))))).

strings(N, Text) -> strings(N, Text, 0).

strings(0, _, Sum) -> Sum;
strings(N, T, Sum) ->
    strings(N - 1, T, Sum + ?MODULE:length(T) + ?MODULE:length(T) + ?MODULE:length(T) + ?MODULE:length(T) + ?MODULE:length(T)).

lists(0, _) -> ok;
lists(N, L) ->
    _ = ?MODULE:tl(?MODULE:tl(?MODULE:tl(?MODULE:tl(?MODULE:tl(
        ?MODULE:tl(?MODULE:tl(?MODULE:tl(?MODULE:tl(?MODULE:tl(L)))))))))),
    lists(N - 1, L).

%%% Loops

to_do(Limit) -> to_do(1, Limit, 0).

to_do(I, Limit, Sum) when I =< Limit -> to_do(I + 1, Limit, Sum + I);
to_do(_, _, Sum) -> Sum.

while(Limit) -> while(0, 1, Limit).

while(Sum, I, Limit) when I =< Limit -> while(Sum + I, I + 1, Limit);
while(Sum, _, _) -> Sum.

%%% Errors

caught(0) -> ok;
caught(N) ->
    _ = ?MODULE:catching(),
    caught(N - 1).

catching() -> catch ?MODULE:failing().

failing() -> error(no_such_message).

%%% Collections

do(List) -> lists:foreach(fun(Each) -> Each + 1 end, List).

sum(List) -> lists:foldl(fun(Each, Sum) -> Sum + Each end, 0, List).

collect(List) -> lists:map(fun(Each) -> Each + 1 end, List).

inject(List) -> lists:foldl(fun(Each, Sum) -> Sum + Each end, 0, List).

select(List) -> lists:filter(fun(Each) -> Each > 50000 end, List).

all(List) -> lists:all(fun(Each) -> Each > 0 end, List).

missing(List) -> lists:any(fun(Each) -> Each =:= 0 end, List).

detect(Wanted, [Wanted | _]) -> Wanted;
detect(Wanted, [_ | Rest]) -> detect(Wanted, Rest);
detect(_, []) -> nil.

member(Wanted, [Wanted | _]) -> true;
member(Wanted, [_ | Rest]) -> member(Wanted, Rest);
member(_, []) -> false.

%%% Actors

ask(_, 0) -> ok;
ask(Server, N) ->
    _ = gen_server:call(Server, next),
    ask(Server, N - 1).

later(Server, N) -> later(Server, N, 0).

later(_, 0, Last) -> Last;
later(Server, N, Last) ->
    Request = gen_server:send_request(Server, next),
    _ = Last + N,
    {reply, Answer} = gen_server:receive_response(Request, infinity),
    later(Server, N - 1, Answer).

%% The same with a handle that any process may await, and more than once: a process that keeps the answer.
shared(Server, N) -> shared(Server, N, 0).

shared(_, 0, Last) -> Last;
shared(Server, N, Last) ->
    Promise = spawn(fun() -> promise(gen_server:call(Server, next)) end),
    _ = Last + N,
    Alias = monitor(process, Promise, [{alias, reply_demonitor}]),
    Promise ! {await, Alias},
    receive
        {Alias, Answer} -> shared(Server, N - 1, Answer);
        {'DOWN', Alias, process, _, Reason} -> error(Reason)
    end.

promise(Answer) ->
    receive
        {await, Alias} ->
            Alias ! {Alias, Answer},
            promise(Answer)
    after 100 -> ok
    end.

tell(Server, 0) -> gen_server:call(Server, next);
tell(Server, N) ->
    ok = gen_server:cast(Server, next),
    tell(Server, N - 1).

%% The same to a process that outlives failing messages and finds its code when the message comes, as an actor does.
tell_object(Object, 0) -> bench_peer_object:ask(Object, next);
tell_object(Object, N) ->
    ok = bench_peer_object:tell(Object, next),
    tell_object(Object, N - 1).
