%%% @doc A shorter way for a block that changes captured locals and comes, through a `do:' of a program's own, to the `do:' of a list.
%%%
%%% Such a block works on cells: it looks them up and stores them for each element. The send that made it offers its code a second time, as
%%% a fold over the cells. Where the very block arrives with a whole list, the fold runs over the list and the cells are stored once. An
%%% offer is a suggestion: without it, in another process or when the send is over, the block is called for each element as ever.
-module(beamtalk_fold).

-export([offer/3, over/2]).

-define(OFFER, '$beamtalk_fold').

%% From the cells before to the cells after: over all elements, or over one.
-type fold() :: {all, fun((list(), tuple()) -> tuple())} | {each, fun((term(), tuple()) -> tuple())}.

%% @doc Called by generated code in front of a send; the send takes the offer back when it is over, by erasing `$beamtalk_fold'.
-spec offer(fun((term()) -> term()), fold(), Key :: term()) -> term().
offer(Block, Fold, Key) ->
    put(?OFFER, {Block, Fold, Key}).

%% @doc Runs the block over the list if there is an offer for it.
-spec over(list(), fun((term()) -> term())) -> done | no_offer.
over(List, Block) ->
    case get(?OFFER) of
        {Offered, Fold, Key} ->
            %% The same fun in the same place of memory: comparing what it captured could take any time.
            case erts_debug:same(Offered, Block) andalso get(Key) of
                Cells when is_tuple(Cells) ->
                    _ = put(Key, run(Fold, List, Cells)),
                    done;
                _ ->
                    no_offer
            end;
        undefined ->
            no_offer
    end.

run({all, Fold}, List, Cells) -> Fold(List, Cells);
run({each, Step}, List, Cells) -> each(Step, List, Cells).

%% The fun first: OTP makes code of this order that runs three times as fast.
each(Step, [Element | Rest], Cells) -> each(Step, Rest, Step(Element, Cells));
each(_, [], Cells) -> Cells.
