%%% @doc What a program of actors must answer, one message after the other: object-model 7 (messages, commit rule), 8 (futures) and 9 (blocks).
%%%
%%% The programs send so that order decides nothing but what the specification fixes (see `beamtalk_property_actors'); so the model runs a message
%%% when it is sent. Fields of the actors and locals of the activations are cells in the process dictionary. A block of the program is a fun over the
%%% activation's cells, which is what 9.2 asks for.
-module(beamtalk_property_actors_model).

-export([new/2, spawn/3, reload/3, send/3, finish/1, fields/1, events/0]).

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
    | {elsewhere, atom(), body()}
    | {forward, message()}
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
-type classes() :: #{atom() => proxy | #{super := atom() | none, methods := #{atom() => body()}, extra => [atom()]}}.
-type outcome() :: {value, term()} | {failed, atom(), atom(), atom()} | too_long | unsaid.

-define(STEPS, 3000).

-spec new(fault(), classes()) -> ok.
new(Fault, Classes) ->
    put(fault, Fault),
    put(classes, Classes),
    ok.

%% @doc Makes an actor. If its `initialize' fails there is none.
-spec spawn(integer(), atom(), none | integer()) -> ok | outcome().
spawn(Slot, Class, Peer) ->
    put({actor, Slot}, {alive, Class, Peer}),
    put({fields, Slot}, maps:from_list([{Field, default(Field)} || Field <- declared(Class)])),
    case understands(Class, initialize) of
        true ->
            beamtalk_property_tally:event(initialized),
            initialized(Slot, send(Slot, initialize, []));
        false ->
            ok
    end.

initialized(_, {value, _}) ->
    ok;
initialized(Slot, Failed) ->
    erase({actor, Slot}),
    Failed.

understands(Class, Selector) ->
    case get(classes) of
        #{Class := proxy} -> false;
        #{} -> find(Class, Selector) =/= none
    end.

declared(Class) ->
    case get(classes) of
        #{Class := proxy} -> [];
        #{Class := #{super := none} = Base} -> [n0, n1 | extra(Base)];
        #{Class := #{super := Super} = Sub} -> lists:usort(declared(Super) ++ extra(Sub))
    end.

extra(Class) -> maps:get(extra, Class, []).

default(n0) -> 3;
default(n1) -> 4;
default(extra) -> 9.

%% @doc Loads a class with other methods, and with or without one field more. Actors gain and lose fields and keep the others.
-spec reload(atom(), boolean(), #{atom() => body()}) -> ok.
reload(Class, Extra, Methods) ->
    #{Class := Old} = Classes = get(classes),
    put(classes, Classes#{Class := Old#{methods := Methods, extra => [extra || Extra]}}),
    _ = [migrate(Slot, Of) || {{actor, Slot}, {alive, Of, _}} <- get()],
    ok.

migrate(Slot, Class) ->
    Old = get({fields, Slot}),
    New = maps:from_list([{Field, maps:get(Field, Old, default(Field))} || Field <- declared(Class)]),
    _ = map_size(New) =:= map_size(Old) orelse beamtalk_property_tally:event(migrated),
    put({fields, Slot}, New).

%% @doc The fields of an actor that lives.
-spec fields(integer()) -> map() | dead.
fields(Slot) ->
    case get({actor, Slot}) of
        {alive, _, _} -> get({fields, Slot});
        {dead, _, _} -> dead
    end.

%% @doc Stops or kills the actor.
-spec finish(integer()) -> ok.
finish(Slot) ->
    {_, Class, Peer} = get({actor, Slot}),
    put({actor, Slot}, {dead, Class, Peer}),
    ok.

-spec events() -> #{atom() => pos_integer()}.
events() ->
    beamtalk_property_tally:events().

%% @doc What a message from outside answers. One that is too long, or whose answer the specification leaves open, is taken back, as if it had not
%% been sent.
-spec send(integer(), atom(), [term()]) -> outcome().
send(Slot, Selector, Arguments) ->
    Before = get(),
    ok = beamtalk_property_tally:limit(?STEPS),
    try
        message(Slot, Selector, Arguments)
    catch
        throw:Open when is_atom(Open) ->
            erase(),
            _ = [put(Key, Value) || {Key, Value} <- Before],
            Open
    end.

%%% Messages

%% The commit rule: a message that fails changes nothing.
message(Slot, Selector, Arguments) ->
    case get({actor, Slot}) of
        {dead, Class, _} ->
            beamtalk_property_tally:event(actor_dead),
            {failed, actor_dead, Class, Selector};
        {alive, Class, Peer} ->
            case get(classes) of
                #{Class := proxy} when Peer =:= none -> {failed, does_not_understand, 'UndefinedObject', Selector};
                #{Class := proxy} -> awaited_through(message(Peer, Selector, Arguments));
                #{} -> message(Slot, Class, Selector, Arguments)
            end
    end.

message(Slot, Class, Selector, Arguments) ->
    Before = get({fields, Slot}),
    try call(Slot, Class, Selector, Arguments) of
        {future, Outcome} -> awaited_through(Outcome);
        Value -> {value, Value}
    catch
        throw:{failed, Kind, Of, Sel} ->
            beamtalk_property_tally:event(rolled_back),
            _ = get(fault) =:= failures_commit orelse put({fields, Slot}, Before),
            {failed, Kind, Of, Sel}
    end.

awaited_through({failed, _, _, _} = Outcome) ->
    beamtalk_property_tally:event(rejected_after_commit),
    Outcome;
awaited_through(Outcome) ->
    beamtalk_property_tally:event(forwarded),
    Outcome.

%% A block that comes from another actor.
call(Slot, _, Selector, [Block]) when is_function(Block) ->
    beamtalk_property_tally:event(evaluated_elsewhere),
    put(nobody, #{}),
    evaluator(Selector, Block, #{slot => Slot, home => nobody});
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
            beamtalk_property_tally:event(returned),
            _ = get(fault) =:= returns_undo andalso put({fields, Slot}, Entry),
            Value
    after
        erase(Home)
    end.

body(Body, A) ->
    lists:last([evaluate(E, A) || E <- Body]).

%%% Expressions

evaluate(Expression, #{slot := Slot, home := Home} = A) ->
    beamtalk_property_tally:step(),
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
            beamtalk_property_tally:event(super),
            #{super := Super} = maps:get(maps:get(definer, A), get(classes)),
            call(Slot, Super, Selector, [evaluate(E, A) || E <- Es]);
        {ask, Message} -> awaited(to_peer(Message, A));
        {perform, Message} -> awaited(to_peer(Message, A));
        {tell, Message} ->
            _ = to_peer(Message, A),
            beamtalk_property_tally:event(told),
            nil;
        {later, Message, E} ->
            Outcome = to_peer(Message, A),
            _ = evaluate(E, A),
            awaited(Outcome);
        {cascade, First, Second} ->
            _ = to_peer(First, A),
            awaited(to_peer(Second, A));
        {elsewhere, Selector, Body} ->
            {_, _, Peer} = get({actor, Slot}),
            awaited(to_peer(Peer, Selector, [fun(Parameter) -> copied(Body, A#{parameter := Parameter}) end]));
        {forward, Message} -> {future, to_peer(Message, A)};
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
            beamtalk_property_tally:event(evaluator),
            evaluator(Selector, fun(Parameter) -> body(Body, A#{parameter := Parameter}) end, A);
        {return, E} -> throw({return, Home, evaluate(E, A)})
    end.

%% A block in another process: its method's locals stay as they are.
copied(Body, #{home := Home} = A) ->
    Locals = get(Home),
    try
        body(Body, A)
    after
        put(Home, Locals)
    end.

set(Slot, Field, Value) ->
    put({fields, Slot}, (get({fields, Slot}))#{Field := Value}),
    Value.

plus(A, B) when is_number(A), is_number(B) -> A + B;
plus(_, _) -> fail(runtime_error, undefined, undefined).

to_peer({Selector, Es}, #{slot := Slot} = A) ->
    Arguments = [evaluate(E, A) || E <- Es],
    {_, _, Peer} = get({actor, Slot}),
    to_peer(Peer, Selector, Arguments).

to_peer(none, Selector, _) -> fail(does_not_understand, 'UndefinedObject', Selector);
to_peer(Peer, Selector, Arguments) -> message(Peer, Selector, Arguments).

awaited({value, Value}) -> Value;
awaited({failed, Kind, Class, Selector}) -> fail(Kind, Class, Selector).

%% The handler starts from the state at entry.
guard(Body, Handler, #{slot := Slot, home := Home} = A) ->
    Entry = {get({fields, Slot}), get(Home)},
    try
        body(Body, A)
    catch
        throw:{failed, Kind, _, _} ->
            beamtalk_property_tally:event(handled),
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
            beamtalk_property_tally:event(return_through_ensure),
            %% The page says that the cleanup runs, not which locals it finds when the body has changed them.
            _ = get(Home) =:= element(2, Entry) orelse throw(unsaid),
            _ = Cleanup(),
            throw(Return);
        throw:{failed, _, _, _} = Failure ->
            beamtalk_property_tally:event(failure_through_ensure),
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
    beamtalk_property_tally:event(Kind),
    throw({failed, Kind, Class, Selector}).

