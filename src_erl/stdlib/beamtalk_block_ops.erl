%%% @doc Control flow as functions: what a loop, a conditional or a cleanup does when it is reached by a real send.
%%%
%%% The compiler expands these messages where it sees them; here they serve `perform:' and blocks held in variables. Conditions are
%%% tested strictly: anything but a boolean is `does_not_understand', as if it had been sent `whileTrue:' and the like.
-module(beamtalk_block_ops).

-export([whileTrue/2, whileFalse/2, repeat/1, ensure/2]).
-export([conditional/3, conditionalTrue/2, conditionalFalse/2, shortCircuitAnd/2, shortCircuitOr/2, booleanNot/1]).

-spec whileTrue(fun(() -> term()), fun(() -> term())) -> nil.
whileTrue(Condition, Body) ->
    while(true, Condition, Body, 'whileTrue:').

-spec whileFalse(fun(() -> term()), fun(() -> term())) -> nil.
whileFalse(Condition, Body) ->
    while(false, Condition, Body, 'whileFalse:').

while(Wanted, Condition, Body, Selector) ->
    ok = beamtalk_collection_ops:block(Condition, 0, 'Block', Selector),
    ok = beamtalk_collection_ops:block(Body, 0, 'Block', Selector),
    loop(Wanted, Condition, Body, Selector).

loop(Wanted, Condition, Body, Selector) ->
    case boolean(Condition(), Selector) of
        Wanted ->
            _ = Body(),
            loop(Wanted, Condition, Body, Selector);
        _ ->
            nil
    end.

-spec repeat(fun(() -> term())) -> no_return().
repeat(Block) ->
    ok = beamtalk_collection_ops:block(Block, 0, 'Block', repeat),
    forever(Block).

forever(Block) ->
    _ = Block(),
    forever(Block).

-spec ensure(fun(() -> term()), fun(() -> term())) -> term().
ensure(Block, Cleanup) ->
    ok = beamtalk_collection_ops:block(Block, 0, 'Block', 'ensure:'),
    ok = beamtalk_collection_ops:block(Cleanup, 0, 'Block', 'ensure:'),
    try
        Block()
    after
        Cleanup()
    end.

%%% Booleans.

-spec conditional(term(), term(), term()) -> term().
conditional(true, Block, _) -> value(Block);
conditional(false, _, Block) -> value(Block);
conditional(Other, _, _) -> boolean(Other, 'ifTrue:ifFalse:').

-spec conditionalTrue(term(), term()) -> term().
conditionalTrue(true, Block) -> value(Block);
conditionalTrue(false, _) -> false;
conditionalTrue(Other, _) -> boolean(Other, 'ifTrue:').

-spec conditionalFalse(term(), term()) -> term().
conditionalFalse(true, _) -> true;
conditionalFalse(false, Block) -> value(Block);
conditionalFalse(Other, _) -> boolean(Other, 'ifFalse:').

-spec shortCircuitAnd(term(), term()) -> term().
shortCircuitAnd(true, Block) -> value(Block);
shortCircuitAnd(false, _) -> false;
shortCircuitAnd(Other, _) -> boolean(Other, 'and:').

-spec shortCircuitOr(term(), term()) -> term().
shortCircuitOr(true, _) -> true;
shortCircuitOr(false, Block) -> value(Block);
shortCircuitOr(Other, _) -> boolean(Other, 'or:').

-spec booleanNot(term()) -> boolean().
booleanNot(true) -> false;
booleanNot(false) -> true;
booleanNot(Other) -> boolean(Other, 'not').

value(Block) when is_function(Block, 0) -> Block();
value(Other) -> Other.

boolean(Value, _) when is_boolean(Value) ->
    Value;
boolean(Other, Selector) ->
    beamtalk_error:raise(
        does_not_understand,
        beamtalk_tag:class_name_of(Other),
        Selector,
        "Check spelling or use 'respondsTo:' to verify method exists"
    ).
