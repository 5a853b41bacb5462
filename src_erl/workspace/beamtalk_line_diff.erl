%%% @doc What differs between two texts, line by line, for people. Pure.
%%%
%%% Looks ahead for the nearest place at which both texts go on alike, so the time is linear in the texts; where they differ for very long
%%% the rest of that part is shown as replaced.
-module(beamtalk_line_diff).

-export([diff/2]).

%% Lines looked ahead in one text.
-define(AHEAD, 120).
%% Equal lines shown around a difference.
-define(CONTEXT, 2).

%% @doc Hunks with their place in the first text; empty for equal texts.
-spec diff(binary(), binary()) -> unicode:chardata().
diff(Old, New) ->
    Marked = numbered(walk(lines(Old), lines(New), []), 1, []),
    [hunk(Hunk) || Hunk <- hunks(Marked)].

lines(Text) ->
    binary:split(Text, <<"\n">>, [global]).

walk([], [], Acc) ->
    lists:reverse(Acc);
walk([Line | Old], [Line | New], Acc) ->
    walk(Old, New, [{same, Line} | Acc]);
walk(Old, New, Acc) ->
    {Gone, Come} = nearest(Old, New),
    {Removed, Added} = without_common_end(lists:sublist(Old, Gone), lists:sublist(New, Come)),
    OldRest = lists:nthtail(length(Removed), Old),
    NewRest = lists:nthtail(length(Added), New),
    Changes = [{removed, L} || L <- Removed] ++ [{added, L} || L <- Added],
    walk(OldRest, NewRest, lists:reverse(Changes, Acc)).

%% Empty lines before the place go on alike too.
without_common_end([_, _ | _] = Removed, [_, _ | _] = Added) ->
    case lists:last(Removed) =:= lists:last(Added) of
        true -> without_common_end(lists:droplast(Removed), lists:droplast(Added));
        false -> {Removed, Added}
    end;
without_common_end(Removed, Added) ->
    {Removed, Added}.

%% The fewest lines to pass over in both texts until the same line comes. Empty lines come too often to say anything.
nearest(Old, New) ->
    OldPart = lists:sublist(Old, ?AHEAD),
    NewPart = lists:sublist(New, ?AHEAD),
    Places = places(NewPart),
    Meetings = [{I + J, I, J} || {I, Line} <- indexed(OldPart), Line =/= <<>>, {ok, J} <- [maps:find(Line, Places)]],
    case Meetings of
        [] -> {length(OldPart), length(NewPart)};
        _ -> nearest_of(lists:min(Meetings))
    end.

nearest_of({_, I, J}) -> {I, J}.

%% A line → where it comes first.
places(Lines) ->
    maps:from_list(lists:reverse([{Line, I} || {I, Line} <- indexed(Lines)])).

indexed(Lines) ->
    lists:zip(lists:seq(0, length(Lines) - 1), Lines).

numbered([], _, Acc) -> lists:reverse(Acc);
numbered([{added, Line} | Rest], N, Acc) -> numbered(Rest, N, [{N, added, Line} | Acc]);
numbered([{Mark, Line} | Rest], N, Acc) -> numbered(Rest, N + 1, [{N, Mark, Line} | Acc]).

%% Differences with the lines around them; those that touch are one.
hunks(Marked) ->
    hunks(Marked, [], []).

hunks([], _, Hunks) ->
    lists:reverse([lists:reverse(Hunk) || Hunk <- Hunks]);
hunks([{_, same, _} = Line | Rest], Before, Hunks) ->
    hunks(Rest, lists:sublist([Line | Before], ?CONTEXT), Hunks);
hunks(Lines, Before, Hunks) ->
    {Hunk, Rest} = hunk_lines(Lines, Before),
    hunks(Rest, [], [Hunk | Hunks]).

%% Takes lines until more equal ones come than two hunks need between them.
hunk_lines(Lines, Acc) ->
    {Changed, Rest} = lists:splitwith(fun({_, Mark, _}) -> Mark =/= same end, Lines),
    {Same, Following} = lists:splitwith(fun({_, Mark, _}) -> Mark =:= same end, Rest),
    Taken = lists:reverse(Changed, Acc),
    case {length(Same) > 2 * ?CONTEXT, Following} of
        {false, [_ | _]} ->
            hunk_lines(Following, lists:reverse(Same, Taken));
        _ ->
            {Shown, Left} = lists:split(min(?CONTEXT, length(Same)), Same),
            {lists:reverse(Shown, Taken), Left ++ Following}
    end.

hunk([{N, _, _} | _] = Lines) ->
    [["@@ line ", integer_to_list(N), " @@\n"], [[mark(Mark), Line, $\n] || {_, Mark, Line} <- Lines]].

mark(same) -> $\s;
mark(removed) -> $-;
mark(added) -> $+.
