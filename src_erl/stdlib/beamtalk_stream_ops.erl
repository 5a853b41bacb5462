%%% @doc Primitives of Stream: a closure that yields an element and the rest, or the end.
%%%
%%% A stream is a value. Lazy steps wrap the generator; terminal ones pull from it and then run the finaliser, if there is one, however
%%% they end. The description grows with the pipeline and is what a stream prints as.
-module(beamtalk_stream_ops).

-include("beamtalk.hrl").

-export([resource/3]).
-export([from/2, from_by/3, on/2]).
-export([select/2, collect/2, reject/2, drop/2]).
-export([take/2, do/2, inject_into/3, detect/2, asList/1, anySatisfy/2, allSatisfy/2, printString/1]).

-export_type([generator/0, t/0]).

%% Elements of a list made from a stream: an endless one is to end in an error, not in the last of the memory.
-define(MAX_ELEMENTS, (1 bsl 25)).

-type generator() :: fun(() -> {term(), generator()} | done).
-type t() :: #{
    ?BT_TAG := 'Stream', generator := generator(), description := binary(), finalizer := nil | fun(() -> term())
}.

%%% Sources.

%% @doc A stream with something behind it that has to be given back.
-spec resource(generator(), unicode:chardata(), fun(() -> term())) -> t().
resource(Generator, Description, Finalizer) ->
    (stream(Generator, Description))#{finalizer := Finalizer}.

-spec from(term(), term()) -> t().
from(_Class, Start) ->
    ok = beamtalk_collection_ops:index(Start, 'Stream', 'from:'),
    stream(iterate(Start, fun(N) -> N + 1 end), ["Stream(from: ", integer_to_binary(Start), ")"]).

-spec from_by(term(), term(), term()) -> t().
from_by(_Class, Start, Block) ->
    ok = block(Block, 1, 'from:by:'),
    stream(iterate(Start, Block), ["Stream(from: ", beamtalk_printer:print_string(Start), " by: [...])"]).

-spec on(term(), term()) -> t().
on(_Class, List) when is_list(List) ->
    stream(of_list(List), "Stream(on: [...])");
on(_Class, Text) when is_binary(Text) ->
    stream(of_text(Text), ["Stream(on: '", Text, "')"]);
on(_Class, #{?BT_TAG := 'Set', elements := Elements}) ->
    stream(of_list(Elements), "Stream(on: Set(...))");
on(_Class, Map) when is_map(Map), not is_map_key(?BT_TAG, Map) ->
    stream(of_map(maps:iterator(Map)), "Stream(on: #{...})");
on(_Class, Other) ->
    beamtalk_collection_ops:type_error('Stream', 'on:', "a List, String, Set or Dictionary", Other).

stream(Generator, Description) ->
    #{
        ?BT_TAG => 'Stream',
        generator => Generator,
        description => iolist_to_binary(Description),
        finalizer => nil
    }.

iterate(Value, Next) ->
    fun() -> {Value, later(Value, Next)} end.

%% The successor is computed when it is asked for, not when its predecessor is handed out.
later(Value, Next) ->
    fun() -> (iterate(Next(Value), Next))() end.

of_list([Element | Rest]) -> fun() -> {Element, of_list(Rest)} end;
of_list([]) -> fun() -> done end.

of_text(Text) ->
    fun() ->
        case beamtalk_string_ops:next(Text) of
            {Grapheme, Rest} -> {Grapheme, of_text(Rest)};
            done -> done
        end
    end.

of_map(Iterator) ->
    fun() ->
        case maps:next(Iterator) of
            {Key, Value, Rest} -> {beamtalk_association_ops:'->'(Key, Value), of_map(Rest)};
            none -> done
        end
    end.

%%% Lazy steps.

-spec select(t(), term()) -> t().
select(Stream, Block) ->
    ok = block(Block, 1, 'select:'),
    step(Stream, " | select: [...]", fun(G) -> filter(G, Block, true, 'select:') end).

-spec reject(t(), term()) -> t().
reject(Stream, Block) ->
    ok = block(Block, 1, 'reject:'),
    step(Stream, " | reject: [...]", fun(G) -> filter(G, Block, false, 'reject:') end).

-spec collect(t(), term()) -> t().
collect(Stream, Block) ->
    ok = block(Block, 1, 'collect:'),
    step(Stream, " | collect: [...]", fun(G) -> map(G, Block) end).

-spec drop(t(), term()) -> t().
drop(Stream, Count) ->
    ok = beamtalk_collection_ops:count(Count, 'Stream', 'drop:'),
    step(Stream, [" | drop: ", integer_to_binary(Count)], fun(G) -> fun() -> skip(G(), Count) end end).

step(#{generator := Generator, description := Text} = Stream, More, Wrap) ->
    Stream#{generator := Wrap(Generator), description := iolist_to_binary([Text, More])}.

filter(Generator, Block, Wanted, Selector) ->
    fun() -> filter_next(Generator(), Block, Wanted, Selector) end.

filter_next(done, _, _, _) ->
    done;
filter_next({Element, Rest}, Block, Wanted, Selector) ->
    case boolean(Block(Element), Selector) of
        Wanted -> {Element, filter(Rest, Block, Wanted, Selector)};
        _ -> filter_next(Rest(), Block, Wanted, Selector)
    end.

map(Generator, Block) ->
    fun() ->
        case Generator() of
            {Element, Rest} -> {Block(Element), map(Rest, Block)};
            done -> done
        end
    end.

skip(done, _) -> done;
skip(Next, 0) -> Next;
skip({_, Rest}, Count) -> skip(Rest(), Count - 1).

%%% Terminal steps.

-spec take(t(), term()) -> list().
take(Stream, Count) ->
    ok = beamtalk_collection_ops:count(Count, 'Stream', 'take:'),
    finish(Stream, fun(G) -> front(G, min(Count, ?MAX_ELEMENTS + 1), 'take:') end).

%% The element behind the last wanted one is not computed.
front(Generator, Count, Selector) ->
    front(Generator, Count, Selector, []).

front(_, 0, Selector, Acc) ->
    backwards(Acc, Selector);
front(Generator, Count, Selector, Acc) ->
    case Generator() of
        {Element, Rest} -> front(Rest, Count - 1, Selector, [Element | Acc]);
        done -> lists:reverse(Acc)
    end.

backwards(Acc, Selector) ->
    case length(Acc) > ?MAX_ELEMENTS of
        true -> too_long(Selector);
        false -> lists:reverse(Acc)
    end.

-spec too_long(atom()) -> no_return().
too_long(Selector) ->
    Message = ["A list made from a Stream has at most ", integer_to_binary(?MAX_ELEMENTS), " elements"],
    Error = beamtalk_error:with_message(beamtalk_error:new(runtime_error, 'Stream', Selector), Message),
    Hint = "Take fewer, or use do: or inject:into:, which hold one element at a time",
    beamtalk_error:raise(beamtalk_error:with_hint(Error, Hint)).

-spec do(t(), term()) -> nil.
do(Stream, Block) ->
    ok = block(Block, 1, 'do:'),
    finish(Stream, fun(G) -> each(G(), Block) end).

each(done, _) ->
    nil;
each({Element, Rest}, Block) ->
    _ = Block(Element),
    each(Rest(), Block).

-spec inject_into(t(), term(), term()) -> term().
inject_into(Stream, Initial, Block) ->
    ok = block(Block, 2, 'inject:into:'),
    finish(Stream, fun(G) -> fold(G(), Initial, Block) end).

fold(done, Value, _) -> Value;
fold({Element, Rest}, Value, Block) -> fold(Rest(), Block(Value, Element), Block).

-spec detect(t(), term()) -> term().
detect(Stream, Block) ->
    ok = block(Block, 1, 'detect:'),
    finish(Stream, fun(G) ->
        case search(G(), Block, true, 'detect:') of
            {found, Element} -> Element;
            none -> nil
        end
    end).

-spec asList(t()) -> list().
asList(Stream) ->
    finish(Stream, fun(G) -> front(G, ?MAX_ELEMENTS + 1, asList) end).

-spec anySatisfy(t(), term()) -> boolean().
anySatisfy(Stream, Block) ->
    ok = block(Block, 1, 'anySatisfy:'),
    finish(Stream, fun(G) -> search(G(), Block, true, 'anySatisfy:') =/= none end).

-spec allSatisfy(t(), term()) -> boolean().
allSatisfy(Stream, Block) ->
    ok = block(Block, 1, 'allSatisfy:'),
    finish(Stream, fun(G) -> search(G(), Block, false, 'allSatisfy:') =:= none end).

search(done, _, _, _) ->
    none;
search({Element, Rest}, Block, Wanted, Selector) ->
    case boolean(Block(Element), Selector) of
        Wanted -> {found, Element};
        _ -> search(Rest(), Block, Wanted, Selector)
    end.

finish(#{generator := Generator, finalizer := nil}, Pull) ->
    Pull(Generator);
finish(#{generator := Generator, finalizer := Finalizer}, Pull) ->
    try
        Pull(Generator)
    after
        Finalizer()
    end.

-spec printString(t()) -> binary().
printString(#{description := Text}) ->
    Text.

block(Block, Arity, Selector) ->
    beamtalk_collection_ops:block(Block, Arity, 'Stream', Selector).

boolean(Value, _) when is_boolean(Value) -> Value;
boolean(Other, Selector) -> beamtalk_collection_ops:boolean(Other, 'Stream', Selector).
