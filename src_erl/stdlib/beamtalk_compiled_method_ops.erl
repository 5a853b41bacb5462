%%% @doc Primitives of CompiledMethod: a tagged map that reflection makes for `aClass >> #selector'.
-module(beamtalk_compiled_method_ops).

-include("beamtalk.hrl").

-export([selector/1, argumentCount/1, source/1, doc/1, asString/1, printString/1]).
-export([doesNotUnderstand_args/3]).

-type t() :: #{
    ?BT_TAG := 'CompiledMethod',
    selector := atom(),
    source := binary(),
    argumentCount := non_neg_integer(),
    doc := binary() | nil,
    definingClass => atom()
}.

-spec selector(t()) -> atom().
selector(#{selector := Selector}) -> Selector.

-spec argumentCount(t()) -> non_neg_integer().
argumentCount(#{argumentCount := Count}) -> Count.

-spec source(t()) -> binary().
source(#{source := Source}) -> Source.

-spec doc(t()) -> binary() | nil.
doc(#{doc := Doc}) -> Doc.

-spec asString(t()) -> binary().
asString(Method) -> printString(Method).

-spec printString(t()) -> binary().
printString(Method) -> beamtalk_printer:print_string(Method).

-spec doesNotUnderstand_args(t(), atom(), list()) -> no_return().
doesNotUnderstand_args(_, Selector, _) ->
    beamtalk_error:raise(
        does_not_understand,
        'CompiledMethod',
        Selector,
        "A CompiledMethod understands selector, argumentCount, source, doc, printString, asString, class and respondsTo:"
    ).
