%%% @doc What a program of actors must answer, one message after the other: object-model 7 (messages, commit rule), 8 (futures) and 9 (blocks).
%%%
%%% The programs send so that order decides nothing but what the specification fixes (see `beamtalk_property_actors'); so the model runs a message when it is
%%% sent. Fields of the actors and locals of the activations are cells in the process dictionary. A block of the program is a fun over the
%%% activation's cells, which is what 9.2 asks for.
-module(beamtalk_property_actors_model).

-export([new/2, spawn/4, send/4, forget/2, finish/2, fields/2, is_alive/2, events/0]).

-export_type([expression/0, body/0, classes/0, outcome/0, fault/0]).

-type fault() :: none | failures_commit | handlers_keep | cleanup_lost | returns_undo.
-type body() :: [expression(), ...].
-type message() :: {atom(), [expression()]}.
-type expression() ::
    {int, integer()}
    | {argument, pos_integer()}
    | parameter
    | kind
    | {field, atom()}
    | {set, atom(), expression()}
    | {setter, atom(), expression()}
    | {local, atom()}
    | {assign, atom(), expression()}
    | {plus, expression(), expression()}
    | {list, [expression()]}
    | {self, message()}
    | {super, message()}
    | {ask, message()}
    | {perform, message()}
    | {tell, message()}
    | {later, message(), expression()}
    | {cascade, message(), message()}
    | {fail, integer()}
    | {guard, body(), body()}
    | {ensure, body(), body()}
    | {choose, expression(), body(), body()}
    | {times, 1..3, body()}
    | {each, body()}
    | {collect, body()}
    | {inject, body()}
    | {evaluator, atom(), body()}
    | {return, expression()}.
-type classes() :: #{atom() => #{super := atom() | none, methods := #{atom() => body()}}}.
-type outcome() :: {value, term()} | {failed, atom(), atom(), atom()} | too_long.

-define(STEPS, 3000).

-spec new(fault(), classes()) -> ok.
new(Fault, Classes) ->
    put(fault, Fault),
    put(classes, Classes),
    ok.

-spec spawn(integer(), atom(), map(), none | integer()) -> ok.
spawn(Slot, Class, Fields, Peer) ->
    put({actor, Slot}, {alive, Class, Peer}),
    put({fields, Slot}, Fields),
    ok.

-spec fields(integer(), atom()) -> map().
fields(Slot, _) -> get({fields, Slot}).

-spec is_alive(integer(), atom()) -> boolean().
is_alive(Slot, _) -> element(1, get({actor, Slot})) =:= alive.

%% @doc Stops or kills the actor.
-spec finish(integer(), stop | kill) -> ok.
finish(Slot, _) ->
    {_, Class, Peer} = get({actor, Slot}),
    put({actor, Slot}, {dead, Class, Peer}),
    ok.

-spec events() -> #{atom() => pos_integer()}.
events() ->
    maps:from_list([{Event, Count} || {{event, Event}, Count} <- get()]).

%% @doc What a message from outside answers. Too long a message is taken back, as if it had not been sent.
-spec send(integer(), atom(), [term()], forward | undefined) -> outcome().
send(Slot, Selector, Arguments, _) ->
    Before = get(),
    put(steps, ?STEPS),
    try
        message(Slot, Selector, Arguments)
    catch
        throw:too_long ->
            erase(),
            _ = [put(Key, Value) || {Key, Value} <- Before],
            too_long
    end.

%% @doc The same, and nobody wants the answer.
-spec forget(integer(), {atom(), [term()]}) -> outcome().
forget(Slot, {Selector, Arguments}) -> send(Slot, Selector, Arguments, undefined).

%%% Messages

%% The commit rule: a message that fails changes nothing.
message(Slot, Selector, Arguments) ->
    case get({actor, Slot}) of
        {dead, Class, _} ->
            event(actor_dead),
            {failed, actor_dead, Class, Selector};
        {alive, Class, _} ->
            Before = get({fields, Slot}),
            try
                {value, call(Slot, Class, Selector, Arguments)}
            catch
                throw:{failed, Kind, Of, Sel} ->
                    event(rolled_back),
                    _ = get(fault) =:= failures_commit orelse put({fields, Slot}, Before),
                    {failed, Kind, Of, Sel}
            end
    end.

%% A method found from this class upward, with the actor as self.
call(Slot, From, Selector, Arguments) ->
    case find(From, Selector) of
        none ->
            {_, Class, _} = get({actor, Slot}),
            fail(does_not_understand, Class, Selector);
        {Definer, Body} ->
            activate(Slot, Definer, Arguments, Body)
    end.

find(none, _) ->
    none;
find(Class, Selector) ->
    case get(classes) of
        #{Class := #{methods := #{Selector := Body}}} -> {Class, Body};
        #{Class := #{super := Super}} -> find(Super, Selector)
    end.

activate(Slot, Definer, Arguments, Body) ->
    Home = make_ref(),
    Entry = get({fields, Slot}),
    put(Home, #{t => 0, u => 0}),
    A = #{slot => Slot, definer => Definer, home => Home, arguments => Arguments, parameter => nil, kind => nil},
    try
        body(Body, A)
    catch
        throw:{return, Home, Value} ->
            event(returned),
            _ = get(fault) =:= returns_undo andalso put({fields, Slot}, Entry),
            Value
    after
        erase(Home)
    end.

body(Body, A) ->
    lists:last([evaluate(E, A) || E <- Body]).

%%% Expressions

evaluate(Expression, #{slot := Slot, home := Home} = A) ->
    step(),
    case Expression of
        {int, N} -> N;
        {argument, N} -> lists:nth(N, maps:get(arguments, A));
        parameter -> maps:get(parameter, A);
        kind -> maps:get(kind, A);
        {field, Field} -> maps:get(Field, get({fields, Slot}));
        {set, Field, E} -> set(Slot, Field, evaluate(E, A));
        {setter, Field, E} -> set(Slot, Field, evaluate(E, A));
        {local, Name} -> maps:get(Name, get(Home));
        {assign, Name, E} ->
            Value = evaluate(E, A),
            put(Home, (get(Home))#{Name := Value}),
            Value;
        {plus, Left, Right} -> plus(evaluate(Left, A), evaluate(Right, A));
        {list, Es} -> [evaluate(E, A) || E <- Es];
        {self, {Selector, Es}} ->
            {_, Class, _} = get({actor, Slot}),
            call(Slot, Class, Selector, [evaluate(E, A) || E <- Es]);
        {super, {Selector, Es}} ->
            event(super),
            #{super := Super} = maps:get(maps:get(definer, A), get(classes)),
            call(Slot, Super, Selector, [evaluate(E, A) || E <- Es]);
        {ask, Message} -> awaited(to_peer(Message, A));
        {perform, Message} -> awaited(to_peer(Message, A));
        {tell, Message} ->
            _ = to_peer(Message, A),
            event(told),
            nil;
        {later, Message, E} ->
            Outcome = to_peer(Message, A),
            _ = evaluate(E, A),
            awaited(Outcome);
        {cascade, First, Second} ->
            _ = to_peer(First, A),
            awaited(to_peer(Second, A));
        {fail, _} ->
            {_, Class, _} = get({actor, Slot}),
            fail(user_error, Class, undefined);
        {guard, Body, Handler} -> guard(Body, fun(Kind) -> body(Handler, A#{kind := Kind}) end, A);
        {ensure, Body, Cleanup} -> ensure(fun() -> body(Body, A) end, fun() -> body(Cleanup, A) end, A);
        {choose, E, Then, Else} ->
            case evaluate(E, A) > 5 of
                true -> body(Then, A);
                false -> body(Else, A)
            end;
        {times, N, Body} ->
            _ = [body(Body, A) || _ <- lists:seq(1, N)],
            nil;
        {each, Body} ->
            _ = [body(Body, A#{parameter := N}) || N <- [1, 2, 3]],
            nil;
        {collect, Body} -> [body(Body, A#{parameter := N}) || N <- [1, 2]];
        {inject, Body} -> lists:foldl(fun(N, _) -> body(Body, A#{parameter := N}) end, 0, [1, 2, 3]);
        {evaluator, Selector, Body} ->
            event(evaluator),
            evaluator(Selector, fun(Parameter) -> body(Body, A#{parameter := Parameter}) end, A);
        {return, E} -> throw({return, Home, evaluate(E, A)})
    end.

set(Slot, Field, Value) ->
    put({fields, Slot}, (get({fields, Slot}))#{Field := Value}),
    Value.

plus(A, B) when is_number(A), is_number(B) -> A + B;
plus(_, _) -> fail(runtime_error, undefined, undefined).

to_peer({Selector, Es}, #{slot := Slot} = A) ->
    Arguments = [evaluate(E, A) || E <- Es],
    case get({actor, Slot}) of
        {_, _, none} -> fail(does_not_understand, 'UndefinedObject', Selector);
        {_, _, Peer} -> message(Peer, Selector, Arguments)
    end.

awaited({value, Value}) -> Value;
awaited({failed, Kind, Class, Selector}) -> fail(Kind, Class, Selector).

%% The handler starts from the state at entry.
guard(Body, Handler, #{slot := Slot, home := Home} = A) ->
    Entry = {get({fields, Slot}), get(Home)},
    try
        body(Body, A)
    catch
        throw:{failed, Kind, _, _} ->
            event(handled),
            _ = get(fault) =:= handlers_keep orelse restore(Entry, A),
            Handler(Kind)
    end.

restore({Fields, Locals}, #{slot := Slot, home := Home}) ->
    put({fields, Slot}, Fields),
    put(Home, Locals).

ensure(Body, Cleanup, #{slot := Slot, home := Home} = A) ->
    Entry = {get({fields, Slot}), get(Home)},
    try Body() of
        Value ->
            _ = get(fault) =:= cleanup_lost orelse Cleanup(),
            Value
    catch
        throw:{return, _, _} = Return ->
            event(return_through_ensure),
            _ = Cleanup(),
            throw(Return);
        throw:{failed, _, _, _} = Failure ->
            event(failure_through_ensure),
            restore(Entry, A),
            _ = Cleanup(),
            restore(Entry, A),
            throw(Failure)
    end.

%% The methods of the programs that evaluate a block; their text is in `beamtalk_property_actors'.
evaluator('twice:', Block, _) ->
    First = Block(1),
    [First, Block(2)];
evaluator('perhaps:', Block, #{slot := Slot}) ->
    case maps:get(n0, get({fields, Slot})) > 5 of
        true -> Block(1);
        false -> 0
    end;
evaluator('nested:', Block, A) ->
    evaluator('twice:', fun(X) -> Block(X + 1) end, A);
evaluator('ensured:', Block, #{slot := Slot} = A) ->
    ensure(fun() -> Block(1) end, fun() -> set(Slot, n1, 7) end, A);
evaluator('safe:', Block, #{slot := Slot} = A) ->
    Entry = {get({fields, Slot}), get(maps:get(home, A))},
    try
        Block(1)
    catch
        throw:{failed, Kind, _, _} ->
            restore(Entry, A),
            Kind
    end.

-spec fail(atom(), atom(), atom()) -> no_return().
fail(Kind, Class, Selector) ->
    event(Kind),
    throw({failed, Kind, Class, Selector}).

step() ->
    case get(steps) of
        0 -> throw(too_long);
        N -> put(steps, N - 1)
    end.

event(Event) ->
    Key = {event, Event},
    put(Key, counted(get(Key)) + 1).

counted(undefined) -> 0;
counted(N) -> N.
