%%% @doc Primitives of Symbol, the atom.
-module(beamtalk_symbol_ops).

-export([asAtom/1, asString/1]).

-spec asAtom(atom()) -> atom().
asAtom(Symbol) -> Symbol.

-spec asString(atom()) -> binary().
asString(Symbol) -> atom_to_binary(Symbol).
