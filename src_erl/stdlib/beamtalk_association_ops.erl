%%% @doc What is left of Association outside Beamtalk: making one.
-module(beamtalk_association_ops).

-include("beamtalk.hrl").

-export(['->'/2]).

-spec '->'(term(), term()) -> #{?BT_TAG := 'Association', key := term(), value := term()}.
'->'(Key, Value) ->
    #{?BT_TAG => 'Association', key => Key, value => Value}.
