%%% @doc The referee: a second reader of the resolved tree, for tests.
%%%
%%% Walks the trees that `bt-referee' writes (`native/bt-referee') in place of running generated code. It shares nothing with the code
%%% generator but the entry points of the runtime (`docs/abi.md'): evaluation order, variables and the cells blocks share, returns, patterns, loops and handlers are
%%% read off the tree once more. Where both disagree, one of them misreads it.
%%%
%%% Variables are a map from number to value that is handed from step to step. A step answers `{Value, Variables}'; `^' is a throw to the home
%%% method, in whichever form of block it stands.
-module(beamtalk_referee).

-export([run/4]).

-define(NLR, '$beamtalk_nlr').
-define(STATE, '$beamtalk_state').
-define(DISPATCH, beamtalk_message_dispatch).

%% What an absent branch answers. Wrong on purpose in one build: `run' makes sure that a misreading is noticed.
-ifdef(FAULTY).
-define(ABSENT(Value), (Value =:= none)).
-else.
-define(ABSENT(Value), Value).
-endif.

%% Where a piece of code stands.
-record(home, {
    class :: atom(),
    %% value | actor | either
    kind :: atom(),
    %% instance | class | none
    side :: atom(),
    self :: term(),
    %% Variable that holds the current copy of a value object.
    self_variable :: none | non_neg_integer(),
    token :: reference(),
    %% How many blocks deep.
    depth = 0 :: non_neg_integer(),
    %% Key of the cells of the send whose operands are being evaluated.
    cells = none :: none | beamtalk_cells:key(),
    %% Keys of the variables as the running bodies of `ensure:' have left them so far.
    noted = [] :: [beamtalk_cells:key()],
    %% Fields of the actor when the outermost block around was made.
    snapshot = none :: term()
}).

%% @doc Runs the code of a stub: `[Value, Self, Output, ...]'.
-spec run(binary(), non_neg_integer(), term(), [term()]) -> [term()].
run(Key, Index, Self, Arguments) ->
    #{unit := {Class, Kind, Outputs}, Index := {Side, SelfVariable, Parameters, WritesClass, Root}} = trees(Key),
    Home = #home{class = Class, kind = Kind, side = Side, self = Self, self_variable = SelfVariable, token = make_ref()},
    Variables0 = maps:from_list(lists:zip(Parameters, Arguments)),
    Variables =
        case SelfVariable of
            none -> Variables0;
            _ -> Variables0#{SelfVariable => Self}
        end,
    Body = fun() -> at_home(Home, fun() -> step(Root, Variables, Home) end) end,
    {Value, After} =
        case WritesClass of
            true -> beamtalk_class_vars:locked(Self, Body);
            false -> Body()
        end,
    [Value, current_self(After, Home) | [maps:get(L, After, nil) || L <- Outputs]].

%% The trees of a module, read once.
trees(Key) ->
    case persistent_term:get({?MODULE, Key}, none) of
        none ->
            File = filename:join(os:getenv("BEAMTALK_REFEREE_DIR"), binary_to_list(Key) ++ ".hir"),
            {ok, Terms} = file:consult(File),
            Trees = maps:from_list([tree(T) || T <- Terms]),
            persistent_term:put({?MODULE, Key}, Trees),
            Trees;
        Trees ->
            Trees
    end.

tree({unit, Class, Kind, Outputs}) -> {unit, {Class, Kind, Outputs}};
tree({body, Index, Side, SelfVariable, Parameters, Writes, Root}) -> {Index, {Side, SelfVariable, Parameters, Writes, Root}}.

%% Runs a body and catches the returns that are its own. The mark: what sends left open that the return has passed.
at_home(#home{token = Token}, Body) ->
    put(Token, true),
    try
        Body()
    catch
        throw:{?NLR, Token, Answer} -> Answer
    after
        erase(Token)
    end.

%%% Steps

steps([], Variables, _) ->
    {[], Variables};
steps([Node | Rest], Variables0, Home) ->
    {Value, Variables1} = step(Node, Variables0, Home),
    {Values, Variables} = steps(Rest, Variables1, Home),
    {[Value | Values], Variables}.

step({literal, {float, Bits}}, Variables, _) ->
    <<Float/float>> = <<Bits:64>>,
    {Float, Variables};
step({literal, Value}, Variables, _) ->
    {Value, Variables};
step({local, L}, Variables, _) ->
    {maps:get(L, Variables, nil), Variables};
step({set_local, L, Node}, Variables0, Home) ->
    {Value, Variables} = step(Node, Variables0, Home),
    {Value, assign(L, Value, Variables, Home)};
step(self, Variables, Home) ->
    {current_self(Variables, Home), Variables};
step({field, Name}, Variables, Home) ->
    {field(Name, Variables, Home), Variables};
step({set_field, Name, Node}, Variables0, Home) ->
    {Value, Variables} = step(Node, Variables0, Home),
    {Value, set_field(Name, Value, Variables, Home)};
step({class_var, Name}, Variables, #home{self = Self}) ->
    {beamtalk_class_vars:get(Self, Name), Variables};
step({set_class_var, Name, Node}, Variables0, #home{self = Self} = Home) ->
    {Value, Variables} = step(Node, Variables0, Home),
    beamtalk_class_vars:put(Self, Name, Value),
    {Value, Variables};
step({class_ref, Name}, Variables, _) ->
    {?DISPATCH:class_ref(Name), Variables};
step({global, Name}, Variables, _) ->
    {?DISPATCH:global(Name), Variables};
step({send, Target, Selector, Arguments, Cells}, Variables, Home) ->
    with_cells(Cells, Variables, Home, fun(V0, Inner) ->
        {Receiver, V1} = receiver(Target, V0, Inner),
        {Values, V2} = steps(Arguments, V1, Inner),
        {fun() -> send(Receiver, Selector, Values, V2, Home) end, V2}
    end);
step({fixed, method_lookup, [{class_ref, Name}, Selector], _}, Variables, Home) ->
    {S, V1} = step(Selector, Variables, Home),
    {beamtalk_reflection:method_named(Name, S), V1};
step({fixed, Meaning, Operands, Cells}, Variables, Home) ->
    with_cells(Cells, Variables, Home, fun(V0, Inner) ->
        {Values, V1} = steps(Operands, V0, Inner),
        {fun() -> fixed(Meaning, Values) end, V1}
    end);
step({binary, Operator, Left, Right}, Variables0, Home) ->
    {[A, B], Variables} = steps([Left, Right], Variables0, Home),
    {binary(Operator, A, B), Variables};
step({cascade, Target, [{Selector, Arguments, Cells, Meaning} | Rest]}, Variables0, Home) ->
    %% A block that is the receiver shares the cells of the first message.
    {First, Variables} = with_cells(Cells, Variables0, Home, fun(V0, Inner) ->
        {Receiver, V1} = receiver(Target, V0, Inner),
        {Values, V2} = steps(Arguments, V1, Inner),
        {fun() -> {Receiver, message(Receiver, Selector, Values, Meaning, V2, Home)} end, V2}
    end),
    {Receiver, Value} = First,
    cascade(Rest, Receiver, Value, Variables, Home);
step({block, Parameters, Writes, Body}, Variables, Home) ->
    {block(Parameters, Writes, Body, Variables, Home), Variables};
step({seq, Nodes}, Variables0, Home) ->
    {Values, Variables} = steps(Nodes, Variables0, Home),
    {last(Values), Variables};
step({'if', Selector, Condition, Then, Else}, Variables0, Home) ->
    {Test, Variables} = test(Condition, Selector, Variables0, Home),
    case Test of
        true -> branch(Then, true, Variables, Home);
        false -> branch(Else, false, Variables, Home)
    end;
step({if_nil, Binding, Node, Nil, NotNil}, Variables0, Home) ->
    {Given, Variables} = step(Node, Variables0, Home),
    Value = awaited(Given),
    case Value of
        nil -> branch(Nil, nil, Variables, Home);
        _ when Binding =:= none -> branch(NotNil, Value, Variables, Home);
        _ -> branch(NotNil, Value, Variables#{Binding => Value}, Home)
    end;
step({'and', Left, Right}, Variables0, Home) ->
    {Test, Variables} = test(Left, 'and:', Variables0, Home),
    case Test of
        true -> step(Right, Variables, Home);
        false -> {false, Variables}
    end;
step({'or', Left, Right}, Variables0, Home) ->
    {Test, Variables} = test(Left, 'or:', Variables0, Home),
    case Test of
        true -> {true, Variables};
        false -> step(Right, Variables, Home)
    end;
step({while, Until, Condition, Body} = Loop, Variables0, Home) ->
    Selector =
        case Until of
            true -> 'whileFalse:';
            false -> 'whileTrue:'
        end,
    case test(Condition, Selector, Variables0, Home) of
        {Until, Variables} ->
            {nil, Variables};
        {_, Variables1} ->
            {_, Variables} = step(Body, Variables1, Home),
            step(Loop, Variables, Home)
    end;
step({repeat, Body} = Loop, Variables0, Home) ->
    {_, Variables} = step(Body, Variables0, Home),
    step(Loop, Variables, Home);
step({times, Count, Body}, Variables0, Home) ->
    {To, Variables} = step(Count, Variables0, Home),
    count(none, 1, ?DISPATCH:loop_receiver(To, 'timesRepeat:'), 1, Body, Variables, Home);
step({to_do, Variable, From, To, none, Body}, Variables0, Home) ->
    {[A, B], Variables} = steps([From, To], Variables0, Home),
    count(Variable, ?DISPATCH:loop_receiver(A, 'to:do:'), ?DISPATCH:loop_argument(B), 1, Body, Variables, Home);
step({to_do, Variable, From, To, By, Body}, Variables0, Home) ->
    {[A, B, C], Variables} = steps([From, To, By], Variables0, Home),
    First = ?DISPATCH:loop_receiver(A, 'to:by:do:'),
    count(Variable, First, ?DISPATCH:loop_argument(B), ?DISPATCH:loop_argument(C), Body, Variables, Home);
step({'let', Bindings, Body}, Variables0, Home) ->
    Variables = lists:foldl(
        fun({L, Node}, V0) ->
            {Value, V} = step(Node, V0, Home),
            V#{L => Value}
        end,
        Variables0,
        Bindings
    ),
    step(Body, Variables, Home);
step({match, Subject, Arms}, Variables0, Home) ->
    {Value, Variables} = step(Subject, Variables0, Home),
    arms(Arms, Value, Variables, Home);
step({return, Kind, Node}, Variables0, #home{token = Token} = Home) ->
    {Value, Variables} = step(Node, Variables0, Home),
    case Kind =:= method orelse get(Token) =:= true of
        true -> throw({?NLR, Token, {Value, Variables}});
        false -> beamtalk_exception_handler:dead_home()
    end;
step({on_do, How, Filter, Body, Handler}, Variables0, Home) ->
    on_do(How, Filter, Body, Handler, Variables0, Home);
step({ensure, Body, Cleanup}, Variables0, Home) ->
    ensure(Body, Cleanup, Variables0, Home);
step({interpolate, Segments}, Variables0, Home) ->
    {Texts, Variables} = lists:mapfoldl(
        fun
            (Text, V) when is_binary(Text) ->
                {Text, V};
            (Node, V0) ->
                {Value, V} = step(Node, V0, Home),
                {beamtalk_interpolation:segment(Value), V}
        end,
        Variables0,
        Segments
    ),
    {iolist_to_binary(Texts), Variables};
step({list, Elements, none}, Variables, Home) ->
    steps(Elements, Variables, Home);
step({list, Elements, Tail}, Variables0, Home) ->
    {Values, Variables1} = steps(Elements, Variables0, Home),
    {Rest, Variables} = step(Tail, Variables1, Home),
    {lists:foldr(fun(V, L) -> [V | L] end, Rest, Values), Variables};
step({array, Elements}, Variables0, Home) ->
    {Values, Variables} = steps(Elements, Variables0, Home),
    {beamtalk_array_ops:from_list(Values), Variables};
step({map, Entries}, Variables0, Home) ->
    lists:foldl(
        fun({KeyNode, ValueNode}, {Map, V0}) ->
            {[Key, Value], V} = steps([KeyNode, ValueNode], V0, Home),
            {Map#{Key => Value}, V}
        end,
        {#{}, Variables0},
        Entries
    );
step(error, _, _) ->
    beamtalk_exception_handler:unreachable_code().

awaited(Value) ->
    case beamtalk_tag:is_future(Value) of
        true -> beamtalk_future:await(Value);
        false -> Value
    end.

last([]) -> nil;
last(Values) -> lists:last(Values).

branch(none, Value, Variables, _) -> {?ABSENT(Value), Variables};
branch(Node, _, Variables, Home) -> step(Node, Variables, Home).

%% A boolean, or what makes one of it, or an error.
test(Node, Selector, Variables0, Home) ->
    {Value, Variables} = step(Node, Variables0, Home),
    case is_boolean(Value) of
        true -> {Value, Variables};
        false -> {?DISPATCH:to_boolean(Value, Selector), Variables}
    end.


count(Variable, At, To, Step, Body, Variables0, Home) when Step > 0, At =< To; Step < 0, At >= To ->
    Variables1 =
        case Variable of
            none -> Variables0;
            _ -> Variables0#{Variable => At}
        end,
    {_, Variables} = step(Body, Variables1, Home),
    count(Variable, At + Step, To, Step, Body, Variables, Home);
count(_, _, _, _, _, Variables, _) ->
    {nil, Variables}.

%%% Fields

current_self(_, #home{self_variable = none, self = Self}) -> Self;
current_self(Variables, #home{self_variable = L}) -> maps:get(L, Variables).

field(Name, _, #home{kind = actor, depth = 0}) -> maps:get(Name, get(?STATE), nil);
field(Name, _, #home{kind = actor, self = Self, snapshot = Snapshot}) -> beamtalk_actor:block_field(Self, Snapshot, Name);
field(Name, Variables, Home) -> maps:get(Name, current_self(Variables, Home), nil).

set_field(Name, Value, Variables, #home{kind = actor, depth = 0}) ->
    put(?STATE, (get(?STATE))#{Name => Value}),
    Variables;
set_field(Name, Value, Variables, #home{kind = actor, self = Self}) ->
    beamtalk_actor:block_put(Self, Name, Value),
    Variables;
set_field(Name, Value, Variables, #home{self_variable = L} = Home) ->
    assign(L, (current_self(Variables, Home))#{Name => Value}, Variables, Home).

%%% Messages

receiver({value, Node}, Variables0, Home) ->
    {Value, Variables} = step(Node, Variables0, Home),
    {{value, Value}, Variables};
receiver(Target, Variables, _) ->
    {Target, Variables}.

send({value, Value}, Selector, Arguments, _, _) ->
    ?DISPATCH:send(Value, Selector, Arguments);
send(self, Selector, Arguments, Variables, #home{side = class} = Home) ->
    ?DISPATCH:send(current_self(Variables, Home), Selector, Arguments);
send(self, Selector, Arguments, Variables, Home) ->
    ?DISPATCH:self(current_self(Variables, Home), Selector, Arguments);
send(super, Selector, Arguments, Variables, #home{side = class, class = Class} = Home) ->
    ?DISPATCH:class_super(Class, current_self(Variables, Home), Selector, Arguments);
send(super, Selector, Arguments, Variables, #home{class = Class} = Home) ->
    ?DISPATCH:super(Class, current_self(Variables, Home), Selector, Arguments);
send({class, Name}, Selector, Arguments, _, _) ->
    ?DISPATCH:class(Name, Selector, Arguments);
send({global, Name}, Selector, Arguments, _, _) ->
    ?DISPATCH:global(Name, Selector, Arguments);
send({erlang, Module}, Selector, Arguments, _, _) ->
    [Name | _] = string:split(atom_to_list(Selector), ":"),
    erlang:apply(Module, list_to_atom(Name), Arguments).

cascade([], _, Value, Variables, _) ->
    {Value, Variables};
cascade([{Selector, Arguments, Cells, Meaning} | Rest], Receiver, _, Variables0, Home) ->
    {Value, Variables} = with_cells(Cells, Variables0, Home, fun(V0, Inner) ->
        {Values, V} = steps(Arguments, V0, Inner),
        {fun() -> message(Receiver, Selector, Values, Meaning, V, Home) end, V}
    end),
    cascade(Rest, Receiver, Value, Variables, Home).

message(Receiver, Selector, Arguments, none, Variables, Home) -> send(Receiver, Selector, Arguments, Variables, Home);
message({value, Value}, _, Arguments, Meaning, _, _) -> fixed(Meaning, [Value | Arguments]);
message(self, _, Arguments, Meaning, Variables, Home) -> fixed(Meaning, [current_self(Variables, Home) | Arguments]);
message(Receiver, Selector, Arguments, _, Variables, Home) -> send(Receiver, Selector, Arguments, Variables, Home).

fixed(class, [V]) -> beamtalk_primitive:class_of(V);
fixed(is_nil, [V]) -> V =:= nil;
fixed(not_nil, [V]) -> V =/= nil;
fixed(yourself, [V]) -> V;
fixed(hash, [V]) -> beamtalk_primitive:hash(V);
fixed(responds_to, [V, S]) -> beamtalk_primitive:responds_to(V, S);
fixed(field_names, [V]) -> beamtalk_primitive:field_names(V);
fixed(field_at, [V, F]) -> beamtalk_primitive:field_at(V, F);
fixed(field_at_put, [V, F, X]) -> beamtalk_primitive:field_at_put(V, F, X);
fixed(perform, [V, S]) -> beamtalk_primitive:perform(V, S);
fixed(perform, [V, S, A]) -> beamtalk_primitive:perform(V, S, A);
fixed(perform_with_arguments, [V, S, A]) -> beamtalk_primitive:perform(V, S, A);
fixed(error_message, [V, M]) -> beamtalk_exception_handler:error(V, M);
fixed(value, [B | Arguments]) when is_function(B, length(Arguments)) -> apply(B, Arguments);
fixed(value, Values) -> apply(beamtalk_block, value, Values);
fixed(value_optional, [B, V]) -> beamtalk_block:value_optional(B, V);
fixed(await, [V]) -> beamtalk_future:await(V);
fixed(await_timeout, [V, T]) -> beamtalk_future:await(V, T);
fixed(await_forever, [V]) -> beamtalk_future:await_forever(V);
fixed(associate, [K, V]) -> beamtalk_association_ops:'->'(K, V);
fixed(method_lookup, [C, S]) -> beamtalk_reflection:method(C, S).

binary('==', A, B) -> A == B;
binary('/=', A, B) -> A /= B;
binary('=:=', A, B) -> A =:= B;
binary('=/=', A, B) -> A =/= B;
binary(Operator, A, B) -> beamtalk_operators:Operator(A, B).

%%% Blocks

%% A send whose blocks assign variables: these live in a cell of this process while the send runs.
with_cells([], Variables0, Home, Operands) ->
    {Send, Variables} = Operands(Variables0, Home#home{cells = none}),
    {Send(), Variables};
with_cells(Cells, Variables0, Home, Operands) ->
    Key = beamtalk_cells:key(),
    {Send, Variables} = Operands(Variables0, Home#home{cells = Key}),
    put(Key, maps:with(Cells, Variables)),
    try
        Value = Send(),
        {Value, maps:merge(Variables, get(Key))}
    after
        erase(Key)
    end.

%% `Writes': the shared variables the block assigns; none for a block that stands in no message.
block(Parameters, Writes, Body, Captured, #home{cells = Cells} = Home) ->
    {Key, Noted} =
        case Writes of
            none -> {none, []};
            _ -> {Cells, Home#home.noted}
        end,
    Inner = Home#home{depth = Home#home.depth + 1, cells = none, noted = Noted, snapshot = snapshot(Home)},
    closure(length(Parameters), fun(Arguments) ->
        Shared =
            case Key =/= none andalso get(Key) of
                #{} = Values -> Values;
                _ -> #{}
            end,
        Variables = maps:merge(maps:merge(Captured, Shared), maps:from_list(lists:zip(Parameters, Arguments))),
        {Value, After} = step(Body, Variables, Inner),
        %% Without its cell (another process, the send is over) what it assigned is lost.
        case Key =/= none andalso get(Key) of
            #{} = Old -> put(Key, maps:merge(Old, maps:with(Writes, After)));
            _ -> ok
        end,
        Value
    end).

snapshot(#home{kind = actor, side = instance, depth = 0}) -> get(?STATE);
snapshot(#home{snapshot = Snapshot}) -> Snapshot.

closure(0, F) -> fun() -> F([]) end;
closure(1, F) -> fun(A) -> F([A]) end;
closure(2, F) -> fun(A, B) -> F([A, B]) end;
closure(3, F) -> fun(A, B, C) -> F([A, B, C]) end;
closure(4, F) -> fun(A, B, C, D) -> F([A, B, C, D]) end;
closure(5, F) -> fun(A, B, C, D, E) -> F([A, B, C, D, E]) end;
closure(6, F) -> fun(A, B, C, D, E, G) -> F([A, B, C, D, E, G]) end.

%%% Match

arms([], Value, _, _) ->
    beamtalk_exception_handler:match_failed(Value);
arms([{Pattern, Guard, Body} | Rest], Value, Variables, Home) ->
    case match(Pattern, Value, Variables) of
        {true, Bound} ->
            case accepts(Guard, Bound, Home) of
                true -> step(Body, Bound, Home);
                false -> arms(Rest, Value, Variables, Home)
            end;
        false ->
            arms(Rest, Value, Variables, Home)
    end.

match(any, _, Variables) ->
    {true, Variables};
match({bind, L}, Value, Variables) ->
    {true, Variables#{L => Value}};
match({literal, {float, Bits}}, Value, Variables) ->
    <<Float/float>> = <<Bits:64>>,
    match({literal, Float}, Value, Variables);
match({literal, Literal}, Value, Variables) ->
    Literal =:= Value andalso {true, Variables};
match({tuple, Patterns}, Value, Variables) when tuple_size(Value) =:= length(Patterns) ->
    lists:foldl(
        fun
            (_, false) -> false;
            ({P, V}, {true, Bound}) -> match(P, V, Bound)
        end,
        {true, Variables},
        lists:zip(Patterns, tuple_to_list(Value))
    );
match({tuple, _}, _, _) ->
    false.

%% A guard that fails rejects the arm.
accepts(none, _, _) ->
    true;
accepts(Guard, Variables, Home) ->
    try step(Guard, Variables, Home) of
        {Value, _} -> Value =:= true
    catch
        error:_ -> false
    end.

%%% Handlers

%% The handler starts from the variables and fields of the entry.
on_do(How, FilterNode, Body, HandlerNode, Variables0, Home) ->
    {Filter, Variables1} = step(FilterNode, Variables0, Home),
    {Handler, Variables} =
        case How of
            value -> step(HandlerNode, Variables1, Home);
            _ -> {HandlerNode, Variables1}
        end,
    Fields = fields(Home),
    try
        step(Body, Variables, Home)
    catch
        Class:Reason:Stack ->
            Exception = beamtalk_exception_handler:handle(Class, Reason, Stack, Filter),
            restore(Fields, Home),
            ok = note(Variables, Home),
            case How of
                value -> {beamtalk_block:value_optional(Handler, Exception), Variables};
                inline -> step(Handler, Variables, Home);
                {inline, L} -> step(Handler, Variables#{L => Exception}, Home)
            end
    end.

fields(#home{kind = actor, side = instance}) -> get(?STATE);
fields(_) -> none.

restore(none, _) -> ok;
restore(undefined, _) -> ok;
restore(Fields, #home{depth = 0}) -> put(?STATE, Fields);
restore(Fields, #home{self = Self}) -> beamtalk_actor:block_restore(Self, Fields).

%% A return goes on from what the body has assigned, a failure from the entry.
ensure(Body, Cleanup, Variables0, #home{noted = Noted} = Home) ->
    Fields = fields(Home),
    Key = beamtalk_cells:key(),
    put(Key, Variables0),
    {Value, Variables1} =
        try
            step(Body, Variables0, Home#home{noted = [Key | Noted]})
        catch
            Class:Reason:Stack ->
                is_map(Fields) andalso
                    case Home of
                        #home{depth = 0} -> beamtalk_exception_handler:unwinding(Class, Reason, Fields);
                        #home{self = Self} -> beamtalk_exception_handler:block_unwinding(Class, Reason, Self, Fields)
                    end,
                Left = erase(Key),
                case {Class, Reason} of
                    {throw, {?NLR, _, _}} -> step(Cleanup, Left, Home);
                    _ -> step(Cleanup, Variables0, Home)
                end,
                erlang:raise(Class, Reason, Stack)
        end,
    erase(Key),
    {_, Variables} = step(Cleanup, Variables1, Home),
    {Value, Variables}.

assign(L, Value, Variables, Home) ->
    ok = note(#{L => Value}, Home),
    Variables#{L => Value}.

%% Tells what variables are from here on.
note(New, #home{noted = Noted}) ->
    lists:foreach(
        fun(Key) ->
            case get(Key) of
                #{} = Old -> put(Key, maps:merge(Old, maps:with(maps:keys(Old), New)));
                undefined -> ok
            end
        end,
        Noted
    ).
