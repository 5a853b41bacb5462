%%% @doc Property: what actors answer, reject and keep is what a model says that runs one message after the other.
%%%
%%% Two classes, the second below the first, with random methods, a proxy that hands everything on, and up to four actors, each knowing one made
%%% before it. So what one actor sends goes along one path and never comes back: nothing waits for itself, and messages of one sender arrive in
%%% order (object-model 8.5). Before the client turns to another actor it waits until all have done what they were sent: no answer depends on
%%% which process is faster.
-module(beamtalk_property_actors).

-behaviour(beamtalk_property).

-export([generate/0, run/2, simpler/1, show/1, faults/0, expected_events/0]).

-export_type([step/0]).

-type step() ::
    {class, atom(), [{atom(), beamtalk_property_actors_model:body()}]}
    | {reload, atom(), Extra :: boolean(), [{atom(), beamtalk_property_actors_model:body()}]}
    | {spawn, integer(), atom(), none | integer()}
    | {ask | send | tell, integer(), atom(), [integer()]}
    | {settle}
    | {stop | kill, integer()}
    | {fields, integer()}.

-define(MODEL, beamtalk_property_actors_model).
-define(TAG, '$beamtalk_class').
-define(BASE, 'PropActor').
-define(SUB, 'PropSubActor').
-define(PROXY, 'PropProxyActor').
-define(METHODS, [{0, m0}, {1, 'k0:'}, {2, m1}, {3, 'k1:'}, {4, m2}, {5, 'p:q:'}, {6, m3}]).
-define(NOWHERE, {0, zork}).
%% The last one answers a future of the peer's; only what is awaited at once sends it.
-define(FORWARD, {7, forward}).
%% Methods from this rank on may send to the peer.
-define(SENDING, 2).
-define(FIELDS, [n0, n1]).
-define(EVALUATORS, ['twice:', 'perhaps:', 'nested:', 'ensured:', 'safe:']).

-spec faults() -> [?MODEL:fault(), ...].
faults() -> [failures_commit, handlers_keep, cleanup_lost, returns_undo].

-spec expected_events() -> [atom()].
expected_events() ->
    [
        actor_dead, rolled_back, forwarded, rejected_after_commit, migrated, returned, super, told, handled, evaluator, evaluated_elsewhere,
        return_through_ensure, failure_through_ensure, initialized, does_not_understand, user_error, runtime_error
    ].

%%% Generating

-spec generate() -> [step()].
generate() ->
    put(number, 10),
    Classes = [{class, Class, methods(Class)} || Class <- [?BASE, ?SUB]],
    Spawns = [{spawn, Slot, one_of([?BASE, ?BASE, ?SUB, ?SUB, ?PROXY]), peer(Slot)} || Slot <- lists:seq(1, 1 + random(3))],
    Slots = [Slot || {spawn, Slot, _, _} <- Spawns],
    Classes ++ Spawns ++ [question(Slots) || _ <- lists:seq(1, 20 + random(30))].

peer(1) -> none;
peer(Slot) -> one_of([random(Slot - 1), Slot - 1, none]).

methods(Class) ->
    [{S, body(Class, Rank, S)} || {Rank, S} <- ?METHODS, random(5) =< likely(Class)] ++
        [forwarding(Class) || random(5) =< likely(Class)] ++
        [{initialize, statements((context(Class, ?SENDING, initialize))#{returns := false}, 1)} || random(5) =:= 1].

%% The answer is the future itself: what it is rejected with does not undo what the method did.
forwarding(Class) ->
    {Rank, Selector} = ?FORWARD,
    {_, Forwarded} = one_of(?METHODS),
    Arguments = [{int, fresh()} || _ <- lists:seq(1, arity(Forwarded))],
    {Selector, [{set, one_of(?FIELDS), expression(context(Class, Rank, m0), 1)}, {forward, {Forwarded, Arguments}}]}.

likely(?BASE) -> 4;
likely(?SUB) -> 2.

question(Slots) ->
    Slot = one_of(Slots),
    {_, Selector} = one_of([?NOWHERE, ?FORWARD | ?METHODS ++ ?METHODS]),
    Arguments = [random(9) || _ <- lists:seq(1, arity(Selector))],
    case random(41) of
        41 ->
            Class = one_of([?BASE, ?SUB]),
            {reload, Class, random(2) =:= 1, methods(Class)};
        1 -> {stop, Slot};
        2 -> {kill, Slot};
        N when N =< 6 -> {fields, Slot};
        7 -> {settle};
        N when N =< 14 -> {send, Slot, Selector, Arguments};
        N when N =< 20 -> {tell, Slot, Selector, Arguments};
        _ -> {ask, Slot, Selector, Arguments}
    end.

body(Class, Rank, Selector) ->
    statements(context(Class, Rank, Selector), 3).

context(Class, Rank, Selector) ->
    #{class => Class, rank => Rank, selector => Selector, block => false, handler => false, locals => true, fields => true, returns => true}.

statements(Context, Depth) ->
    [expression(Context, Depth) || _ <- lists:seq(1, random(3) - 1)] ++
        [one_of([expression(Context, Depth), {list, [{int, fresh()}, expression(Context, Depth), expression(Context, 1)]}])].

%% In another process a block sees its method's locals and fields as they are, and what it assigns is lost when it is through.
elsewhere(Context) ->
    Plain = fun() -> one_of([parameter, {int, fresh()}, {local, u}, {field, one_of(?FIELDS)}, expression(Context#{returns := false}, 0)]) end,
    [{assign, t, one_of([Plain(), {plus, Plain(), Plain()}])}, {list, [{local, t}, Plain()]}].

%% The body of a block, which may end the method.
block(Context, Depth) ->
    Inside = Context#{block := maps:get(block, Context)},
    case maps:get(returns, Context) andalso random(7) =:= 1 of
        true -> [expression(Inside, Depth) || _ <- lists:seq(1, random(2) - 1)] ++ [{return, expression(Inside, min(1, Depth))}];
        false -> statements(Inside, Depth)
    end.

expression(Context, Depth) ->
    #{rank := Rank, block := InBlock, handler := InHandler, locals := Locals, fields := Fields, class := Class, selector := Selector} = Context,
    Inner = fun() -> expression(Context, Depth - 1) end,
    Message = fun(Of) -> {Of, [expression(Context, 0) || _ <- lists:seq(1, arity(Of))]} end,
    Lower = fun(Limit) -> element(2, one_of([?NOWHERE | lists:append(lists:duplicate(4, [M || {R, _} = M <- ?METHODS, R < Limit]))])) end,
    Any = fun() -> Message(Lower(Rank)) end,
    Param = fun(Inside, D) -> block(Inside#{block := true}, D) end,
    case Depth =< 0 of
        true ->
            one_of(
                [{int, fresh()}, {field, one_of(?FIELDS)}, {field, one_of(?FIELDS)}, {local, one_of([t, u])}] ++
                    [{argument, random(arity(Selector))} || arity(Selector) > 0] ++
                    [parameter || InBlock] ++ [kind || InHandler]
            );
        false ->
            case random(27) of
                N when N =< 3, Fields -> {set, one_of(?FIELDS), Inner()};
                N when N =< 3 -> {setter, one_of(?FIELDS), Inner()};
                4 when Locals -> {assign, one_of([t, u]), Inner()};
                5 when Locals -> {assign, one_of([t, u]), Inner()};
                N when N =< 7 -> {plus, expression(Context, 0), Inner()};
                N when N =< 9 -> {self, Message(Lower(Rank))};
                10 when Class =:= ?SUB -> {super, Message(one_of([Selector, Lower(Rank)]))};
                11 when Class =:= ?SUB -> {super, Message(one_of([Selector, Lower(Rank)]))};
                N when N =< 11 -> expression(Context, 0);
                N when N =< 15, Rank >= ?SENDING ->
                    case random(9) of
                        9 -> {elsewhere, one_of(['twice:', 'perhaps:', 'nested:', 'ensured:']), elsewhere(Context)};
                        1 -> {perform, Any()};
                        2 -> {tell, Any()};
                        3 -> {tell, Any()};
                        4 -> {later, Any(), Inner()};
                        5 -> {cascade, Any(), Any()};
                        6 -> {ask, {element(2, ?FORWARD), []}};
                        _ -> {ask, Any()}
                    end;
                N when N =< 15 -> {setter, one_of(?FIELDS), {plus, {field, one_of(?FIELDS)}, {int, 1}}};
                16 -> {fail, fresh()};
                17 ->
                    Change = one_of([{assign, t, {int, fresh()}} || Locals] ++ [{setter, one_of(?FIELDS), {int, fresh()}}]),
                    {guard, [Change | statements(Context, Depth - 1)] ++ [{fail, fresh()}], block(Context#{handler := true}, Depth - 1)};
                18 -> {guard, block(Context, Depth - 1), block(Context#{handler := true}, Depth - 1)};
                %% A cleanup that ends the method would have to win over what passes through it.
                N when N =< 20 -> {ensure, block(Context, Depth - 1), statements(Context#{returns := false}, Depth - 1)};
                21 -> {choose, expression(Context, 0), block(Context, Depth - 1), block(Context, Depth - 1)};
                22 -> {times, random(2), block(Context, Depth - 1)};
                23 -> {each, Param(Context, Depth - 1)};
                24 ->
                    case random(2) of
                        1 -> {collect, Param(Context, Depth - 1)};
                        2 -> {inject, Param(Context, Depth - 1)}
                    end;
                _ ->
                    %% A block that is passed must not assign fields itself.
                    case one_of(?EVALUATORS) of
                        %% The page does not say whether a handler elsewhere undoes what the block did to its own method's locals.
                        'safe:' -> {evaluator, 'safe:', Param(Context#{fields := false, locals := false}, Depth - 1)};
                        Evaluator -> {evaluator, Evaluator, Param(Context#{fields := false}, Depth - 1)}
                    end
            end
    end.

arity(Selector) -> beamtalk_selector:arity(Selector).

fresh() -> put(number, get(number) + 1).

random(N) -> rand:uniform(N).

one_of(List) -> lists:nth(random(length(List)), List).

%%% Running

-record(run, {actors = #{} :: #{integer() => term()}, futures = [] :: [{term(), term()}], turn = none :: none | integer()}).

%% @doc Runs the program beside the model, until they differ.
-spec run([step()], ?MODEL:fault()) ->
    {ok, #{atom() => pos_integer()}} | {differs | refused, pos_integer(), Expected :: term(), Got :: term()}.
run(Steps, Fault) ->
    Methods = fun(Class) -> maps:from_list(lists:append([M || {class, C, M} <- Steps, C =:= Class])) end,
    ok = ?MODEL:new(Fault, #{
        ?BASE => #{super => none, methods => Methods(?BASE)}, ?SUB => #{super => ?BASE, methods => Methods(?SUB)}, ?PROXY => proxy
    }),
    Loaded = [beamtalk:load_source(text(Class, false, maps:to_list(Methods(Class)))) || Class <- [?PROXY, ?BASE, ?SUB]],
    try [Why || {error, #{diagnostics := Why}} <- Loaded] of
        [] -> steps(Steps, 1, #run{});
        [Found | _] -> {refused, length(Steps), loaded, [Message || #{severity := <<"error">>, message := Message} <- Found]}
    after
        _ = [nil = beamtalk:call(Class, removeFromSystem, []) || Class <- [?PROXY, ?SUB, ?BASE], beamtalk:class(Class) =/= error]
    end.

%% At the end all futures and all fields are looked at.
steps([], N, Run) ->
    case settle(Run) of
        {Same, Same, Run1} ->
            Settled = turn(none, Run1),
            States = [fields(Slot, Settled) || Slot <- maps:keys(Settled#run.actors)],
            case [{Expected, Got} || {Expected, Got} <- States, Expected =/= Got] of
                [] -> {ok, ?MODEL:events()};
                [{Expected, Got} | _] -> {differs, N - 1, Expected, Got}
            end;
        {Expected, Got, _} ->
            {differs, N - 1, Expected, Got}
    end;
steps([Step | Rest], N, Run) ->
    case step(Step, Run) of
        {Same, Same, After} -> steps(Rest, N + 1, After);
        {Expected, {refused, Why}, _} -> {refused, N, Expected, Why};
        {Expected, Got, _} -> {differs, N, Expected, Got}
    end.

step({class, _, _}, Run) ->
    {nothing, nothing, Run};
step({spawn, Slot, Class, Peer}, #run{actors = Actors} = Run) ->
    Known = case is_map_key(Peer, Actors) of true -> Peer; false -> none end,
    Given = case Known of none -> #{}; _ -> #{peer => maps:get(Known, Actors)} end,
    Made = outcome(fun() -> beamtalk:spawn(Class, Given) end),
    case {?MODEL:spawn(Slot, Class, Known), Made} of
        {ok, {value, Actor}} -> {nothing, nothing, Run#run{actors = Actors#{Slot => Actor}}};
        {Expected, Got} -> {Expected, Got, Run}
    end;
step({reload, Class, Extra, Methods}, Run0) ->
    Run = turn(none, Run0),
    case beamtalk:load_source(text(Class, Extra, Methods)) of
        {ok, _} ->
            ok = ?MODEL:reload(Class, Extra, maps:from_list(Methods)),
            {nothing, nothing, Run};
        {error, #{diagnostics := Found}} ->
            {loaded, {refused, Found}, Run}
    end;
step({settle}, Run) ->
    settle(Run);
step(Step, #run{actors = Actors} = Run) ->
    case is_map_key(element(2, Step), Actors) of
        true -> actor_step(Step, Run);
        false -> {nothing, nothing, Run}
    end.

actor_step({How, Slot, Selector, Arguments}, Run0) ->
    Run = turn(Slot, Run0),
    case ?MODEL:send(Slot, Selector, Arguments) of
        Open when is_atom(Open) -> {nothing, nothing, Run};
        Expected -> deliver(How, Expected, actor(Slot, Run), Selector, Arguments, Run)
    end;
actor_step({fields, Slot}, Run0) ->
    Run = turn(Slot, Run0),
    {Expected, Got} = fields(Slot, Run),
    {Expected, Got, Run};
actor_step({How, Slot}, Run0) ->
    Run = turn(none, Run0),
    ok = ?MODEL:finish(Slot),
    {{value, ok}, outcome(fun() -> beamtalk:call(actor(Slot, Run), How, []) end), Run}.

deliver(ask, Expected, Actor, Selector, Arguments, Run) ->
    {Expected, outcome(fun() -> beamtalk:call(Actor, Selector, Arguments) end), Run};
deliver(send, Expected, Actor, Selector, Arguments, Run) ->
    {nothing, nothing, Run#run{futures = [{Expected, beamtalk:send(Actor, Selector, Arguments)} | Run#run.futures]}};
deliver(tell, _, Actor, Selector, Arguments, Run) ->
    nil = beamtalk_message_dispatch:tell(Actor, Selector, Arguments),
    {nothing, nothing, Run}.

actor(Slot, #run{actors = Actors}) -> maps:get(Slot, Actors).

%% What the client does next concerns this actor: all others must be done, or their sends and the client's come in any order. An actor only sends
%% to those below, so from the top.
turn(Slot, #run{turn = Slot} = Run) when Slot =/= none ->
    Run;
turn(Slot, #run{actors = Actors} = Run) ->
    _ = [state(maps:get(S, Actors)) || S <- lists:reverse(lists:sort(maps:keys(Actors)))],
    Run#run{turn = Slot}.

%% Behind all messages the actor has.
state({beamtalk_object, _, _, Pid}) ->
    try
        sys:get_state(Pid, infinity)
    catch
        exit:_ -> dead
    end.

fields(Slot, Run) ->
    case {?MODEL:fields(Slot), state(actor(Slot, Run))} of
        {Expected, Got} when is_map(Got) -> {Expected, maps:without([?TAG, peer], Got)};
        Different -> Different
    end.

settle(#run{futures = Futures} = Run) ->
    Pairs = [{Expected, outcome(fun() -> beamtalk:await(Future) end)} || {Expected, Future} <- lists:reverse(Futures)],
    Different = [Pair || {Expected, Got} = Pair <- Pairs, Expected =/= Got],
    {Expected, Got} = hd(Different ++ [{nothing, nothing}]),
    {Expected, Got, Run#run{futures = []}}.

outcome(Fun) ->
    try Fun() of
        Value -> {value, Value}
    catch
        error:Reason:Stack -> failure(beamtalk_exception_handler:wrap(error, Reason, Stack))
    end.

failure(#{error := {beamtalk_error, Kind, Class, Selector, _, _, _}}) -> {failed, Kind, Class, Selector}.

%%% Shrinking

-spec simpler(step()) -> [step()].
simpler({class, Class, Methods}) ->
    [{class, Class, Fewer} || Fewer <- shorter(Methods)] ++
        [{class, Class, lists:keyreplace(S, 1, Methods, {S, Simpler})} || {S, Body} <- Methods, Simpler <- simpler_body(Body)];
simpler({reload, Class, Extra, Methods}) ->
    [{reload, Class, false, Methods} || Extra] ++ [{reload, Class, Extra, Simpler} || {class, _, Simpler} <- simpler({class, Class, Methods})];
simpler({spawn, Slot, ?SUB, Peer}) -> [{spawn, Slot, ?BASE, Peer}];
simpler({send, Slot, Selector, Arguments}) -> [{ask, Slot, Selector, Arguments}];
simpler(_) -> [].

shorter(List) -> [lists:sublist(List, N - 1) ++ lists:nthtail(N, List) || N <- lists:seq(1, length(List))].

simpler_body([{int, _}]) -> [];
simpler_body(Body) ->
    [[{int, 1}]] ++ [Fewer || [_ | _] = Fewer <- shorter(Body)] ++
        [Left ++ Simpler ++ Right || {Left, E, Right} <- places(Body), Simpler <- [B || B <- bodies(E)] ++ [[S] || S <- simpler_expression(E)]].

places(Body) -> [{lists:sublist(Body, N - 1), E, lists:nthtail(N, Body)} || {N, E} <- lists:enumerate(Body)].

%% The bodies and expressions of an expression.
bodies(E) when is_tuple(E) -> [Part || Part <- tl(tuple_to_list(E)), is_list(Part), Part =/= [], lists:all(fun is_expression/1, Part)];
bodies(_) -> [].

is_expression(E) -> is_tuple(E) orelse E =:= parameter orelse E =:= kind.

simpler_expression({int, _}) -> [];
simpler_expression(E) when is_atom(E) -> [{int, 1}];
simpler_expression({list, Es}) -> [{int, 1}] ++ Es ++ [{list, Fewer} || Fewer <- shorter(Es)] ++ [{list, B} || B <- simpler_body(Es)];
simpler_expression(E) ->
    Parts = tuple_to_list(E),
    [{int, 1}] ++
        [Part || Part <- tl(Parts), is_tuple(Part), not is_message(Part)] ++
        [setelement(N, E, Simpler) || {N, Part} <- lists:enumerate(Parts), Simpler <- simpler_part(Part)].

simpler_part(Part) when is_tuple(Part) ->
    case is_message(Part) of
        true -> [];
        false -> simpler_expression(Part)
    end;
simpler_part([_ | _] = Body) ->
    simpler_body(Body);
simpler_part(_) ->
    [].

is_message({_, Arguments}) -> is_list(Arguments);
is_message(_) -> false.

%%% Text

-spec show(step()) -> iodata().
show({class, Class, Methods}) -> text(Class, false, Methods);
show({reload, Class, Extra, Methods}) -> text(Class, Extra, Methods);
show({spawn, Slot, Class, none}) -> io_lib:format("a~b := ~s spawn~n", [Slot, Class]);
show({spawn, Slot, Class, Peer}) -> io_lib:format("a~b := ~s spawnWith: #{peer => a~b}~n", [Slot, Class, Peer]);
show({ask, Slot, Selector, Arguments}) -> io_lib:format("(a~b ~s) await~n", [Slot, outside(Selector, Arguments)]);
show({send, Slot, Selector, Arguments}) -> io_lib:format("a~b ~s   // awaited at the end~n", [Slot, outside(Selector, Arguments)]);
show({tell, Slot, Selector, Arguments}) -> io_lib:format("a~b ~s.~n", [Slot, outside(Selector, Arguments)]);
show({settle}) -> "// all futures are awaited\n";
show({fields, Slot}) -> io_lib:format("// fields of a~b~n", [Slot]);
show({How, Slot}) -> io_lib:format("(a~b ~s) await~n", [Slot, How]).

outside(Selector, Arguments) -> keywords(Selector, [integer_to_list(A) || A <- Arguments]).

text(Class, Extra, Methods) ->
    iolist_to_binary([header(Class), ["  state: extra = 9\n" || Extra], evaluators(Class), [method(Selector, Body) || {Selector, Body} <- Methods]]).

header(?BASE) ->
    "Actor subclass: PropActor\n"
    "  state: n0 = 3\n"
    "  state: n1 = 4\n"
    "  state: peer = nil\n";
header(?SUB) ->
    "PropActor subclass: PropSubActor\n";
header(?PROXY) ->
    "Actor subclass: PropProxyActor\n"
    "  state: peer = nil\n"
    "  doesNotUnderstand: s args: a => self.peer perform: s withArguments: a\n".

%% `beamtalk_property_actors_model' says what these do.
evaluators(?BASE) ->
    "  twice: b => #((b value: 1), (b value: 2))\n"
    "  perhaps: b => (self.n0 > 5) ifTrue: [b value: 1] ifFalse: [0]\n"
    "  nested: b => self twice: [:x | b value: x + 1]\n"
    "  ensured: b => [b value: 1] ensure: [self.n1 := 7]\n"
    "  safe: b => [b value: 1] on: Error do: [:e | e kind]\n"
    "  n0: x => self.n0 := x\n"
    "  n1: x => self.n1 := x\n";
evaluators(_) ->
    "".

method(Selector, Body) ->
    ["  ", keywords(Selector, ["a1", "a2"]), " =>\n    t := 0\n    u := 0\n", [["    ", expression_text(E), "\n"] || E <- Body]].

keywords(Selector, Arguments) ->
    case string:split(atom_to_list(Selector), ":", all) of
        [Unary] -> Unary;
        Parts ->
            Keywords = lists:droplast(Parts),
            lists:join(" ", [[Part, ": ", A] || {Part, A} <- lists:zip(Keywords, lists:sublist(Arguments, length(Keywords)))])
    end.

message({Selector, Es}) -> keywords(Selector, [expression_text(E) || E <- Es]).

block_text(Body) -> ["[", in_block(Body), "]"].

block_text(Parameter, Body) -> ["[:", Parameter, " | ", in_block(Body), "]"].

in_block(Body) -> lists:join(". ", [expression_text(E) || E <- Body]).

expression_text({int, N}) -> integer_to_list(N);
expression_text({argument, N}) -> ["a", integer_to_list(N)];
expression_text(parameter) -> "p";
expression_text(kind) -> "e kind";
expression_text({field, F}) -> ["self.", atom_to_list(F)];
expression_text({set, F, E}) -> ["(self.", atom_to_list(F), " := ", expression_text(E), ")"];
expression_text({setter, F, E}) -> ["(self ", atom_to_list(F), ": ", expression_text(E), ")"];
expression_text({local, L}) -> atom_to_list(L);
expression_text({assign, L, E}) -> ["(", atom_to_list(L), " := ", expression_text(E), ")"];
expression_text({plus, A, B}) -> ["(", expression_text(A), " + ", expression_text(B), ")"];
expression_text({list, Es}) -> ["#(", lists:join(", ", [["(", expression_text(E), ")"] || E <- Es]), ")"];
expression_text({self, M}) -> ["(self ", message(M), ")"];
expression_text({super, M}) -> ["(super ", message(M), ")"];
expression_text({ask, M}) -> ["((self.peer ", message(M), ") await)"];
expression_text({perform, {S, Es}}) ->
    ["((self.peer perform: #", atom_to_list(S), " withArguments: ", expression_text({list, Es}), ") await)"];
%% A statement in a block of its own, as its value is not to be used.
expression_text({tell, M}) -> ["([self.peer ", message(M), ". nil] value)"];
expression_text({later, M, E}) -> ["([f := self.peer ", message(M), ". ", expression_text(E), ". f await] value)"];
expression_text({cascade, First, Second}) -> ["((self.peer ", message(First), "; ", message(Second), ") await)"];
expression_text({elsewhere, S, Body}) -> ["((self.peer ", atom_to_list(S), " ", block_text("p", Body), ") await)"];
expression_text({forward, M}) -> ["self.peer ", message(M)];
expression_text({fail, N}) -> ["(self error: \"", integer_to_list(N), "\")"];
expression_text({guard, Body, Handler}) -> ["(", block_text(Body), " on: Error do: ", block_text("e", Handler), ")"];
expression_text({ensure, Body, Cleanup}) -> ["(", block_text(Body), " ensure: ", block_text(Cleanup), ")"];
expression_text({choose, E, Then, Else}) ->
    ["((", expression_text(E), " > 5) ifTrue: ", block_text(Then), " ifFalse: ", block_text(Else), ")"];
expression_text({times, N, Body}) -> ["(", integer_to_list(N), " timesRepeat: ", block_text(Body), ")"];
expression_text({each, Body}) -> ["(#(1, 2, 3) do: ", block_text("p", Body), ")"];
expression_text({collect, Body}) -> ["(#(1, 2) collect: ", block_text("p", Body), ")"];
expression_text({inject, Body}) -> ["(#(1, 2, 3) inject: 0 into: ", block_text("acc :p", Body), ")"];
expression_text({evaluator, S, Body}) -> ["(self ", atom_to_list(S), " ", block_text("p", Body), ")"];
expression_text({return, E}) -> ["^", expression_text(E)].
