%%% @doc How large a term is without the sharing of its parts, up to a bound.
%%%
%%% A list that holds itself twice, made so sixty times, takes a kilobyte, but whoever copies, compares or writes it meets 2^60 elements:
%%% OTP copies what goes to another process in one step that does not end. Counting ends at the bound.
-module(beamtalk_term_size).

-export([at_most/2]).

%% @doc Has the term at most that many parts? Eight bytes of a binary count as one.
-spec at_most(term(), non_neg_integer()) -> boolean().
at_most(Term, Parts) -> left(Term, Parts) >= 0.

left(_, Left) when Left < 0 -> Left;
left([First | Rest], Left) -> left(Rest, left(First, Left - 1));
left(Term, Left) when is_atom(Term) -> Left - 1;
left(Term, Left) when is_binary(Term) -> Left - 1 - byte_size(Term) div 8;
left(Term, Left) when is_integer(Term) -> Left - 1 - erts_debug:flat_size(Term);
left(Term, Left) when is_tuple(Term) -> left(tuple_to_list(Term), Left - 1);
left(Term, Left) when is_map(Term) -> left(maps:to_list(Term), Left - 1);
left(Term, Left) when is_function(Term) ->
    {env, Captured} = erlang:fun_info(Term, env),
    left(Captured, Left - 1);
left(_, Left) -> Left - 1.
