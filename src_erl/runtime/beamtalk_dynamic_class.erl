%%% @doc Stand-in module of classes that have no module of their own: those made by a ClassBuilder, those whose methods an
%%% extension replaces, and names that are not registered. It exports nothing but the handler, so every send ends there
%%% and is resolved by the receiver instead of by the module.
-module(beamtalk_dynamic_class).

-export(['$handle_undefined_function'/2]).

-spec '$handle_undefined_function'(atom(), [term()]) -> term().
'$handle_undefined_function'(Function, Args) ->
    beamtalk_dispatch:undefined(?MODULE, Function, Args).
