%%% @doc What `BenchSmall.bt' does, by hand.
-module(bench_peer_small).

-export([new/0, owner/1, balance/1, covers/2, deposit/2, above/2, describe/1]).

new() -> #{owner => <<>>, balance => 0, history => []}.

%% Answers who the account belongs to.
owner(#{owner := Owner}) -> Owner.

%% Answers the balance.
balance(#{balance := Balance}) -> Balance.

%% Answers whether the account can pay.
covers(#{balance := Balance}, Amount) -> Balance >= Amount.

%% Answers the account after a payment into it.
deposit(#{balance := Balance, history := History} = Self, Amount) when Amount > 0 ->
    Self#{balance := Balance + Amount, history := [Amount | History]};
deposit(Self, _) ->
    Self.

%% Answers the sum of all payments above a limit.
above(#{history := History}, Limit) ->
    Large = lists:filter(fun(Each) -> Each > Limit end, History),
    lists:foldl(fun(Each, Sum) -> Sum + Each end, 0, Large).

%% Answers a text that describes the account.
describe(#{owner := Owner} = Self) ->
    case ?MODULE:covers(Self, 100) of
        true -> <<Owner/binary, " is rich">>;
        false -> <<Owner/binary, " is not">>
    end.
