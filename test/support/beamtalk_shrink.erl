%%% @doc Makes a failing list small: what the differential test and the property tests do with a program that fails.
-module(beamtalk_shrink).

-export([fewer/2]).

%% @doc The list without the parts it fails without: first halves are left out, then ever smaller parts, down to single elements.
-spec fewer([Element], fun(([Element]) -> boolean())) -> [Element].
fewer(List, Fails) ->
    fewer(List, max(1, length(List) div 2), Fails).

fewer(List, Length, Fails) ->
    Left = leave_out([], List, Length, Fails),
    case Length of
        1 -> Left;
        _ -> fewer(Left, Length div 2, Fails)
    end.

leave_out(Kept, [], _, _) ->
    lists:append(lists:reverse(Kept));
leave_out(Kept, List, Length, Fails) ->
    {Part, Rest} = lists:split(min(Length, length(List)), List),
    case Fails(lists:append(lists:reverse(Kept)) ++ Rest) of
        true -> leave_out(Kept, Rest, Length, Fails);
        false -> leave_out([Part | Kept], Rest, Length, Fails)
    end.
