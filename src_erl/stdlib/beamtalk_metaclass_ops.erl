%%% @doc Primitives of Metaclass that need no runtime: it makes no instances.
-module(beamtalk_metaclass_ops).

-export([new/1, new/2]).

-spec new(term()) -> no_return().
new(_Class) -> refuse(new).

-spec new(term(), term()) -> no_return().
new(_Class, _) -> refuse('new:').

-spec refuse(atom()) -> no_return().
refuse(Selector) ->
    Error = beamtalk_error:with_message(
        beamtalk_error:new(user_error, 'Metaclass', Selector), "Metaclasses come with their classes"
    ),
    beamtalk_error:raise(beamtalk_error:with_hint(Error, "Use x class class to obtain a metaclass")).
