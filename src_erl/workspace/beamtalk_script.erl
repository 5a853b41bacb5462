%%% @doc Reads test scripts: lines of expressions, each followed by what is expected of it.
%%%
%%% Two dialects. In expression tests a line is an expression. In end-to-end cases an input goes on over the next lines while it is
%%% incomplete; the caller says what complete means.
-module(beamtalk_script).

-export([read/1, read/2, parse/1, parse/2]).

-export_type([script/0, 'case'/0]).

-type 'case'() :: #{line := pos_integer(), source := binary(), expect := beamtalk_expectation:expectation()}.
-type script() :: #{
    loads := [binary()],
    %% File and the text its failure must hold; `invalid' when the directive lacks one of them.
    load_errors := [{pos_integer(), binary(), binary()} | {pos_integer(), invalid}],
    cases := ['case'()],
    %% Expressions nothing is expected of.
    unexpected := [{pos_integer(), binary()}]
}.

%% @doc The script in a file, or why there is none.
-spec read(file:filename_all()) -> {ok, script()} | {error, string()}.
read(File) ->
    read(File, fun(_) -> true end).

-spec read(file:filename_all(), fun((binary()) -> boolean())) -> {ok, script()} | {error, string()}.
read(File, IsComplete) ->
    case file:read_file(File) of
        {ok, Text} ->
            case unicode:characters_to_binary(Text) of
                Text -> {ok, parse(Text, IsComplete)};
                _ -> {error, "The file is not UTF-8 text"}
            end;
        {error, Reason} ->
            {error, "Failed to read file: " ++ file:format_error(Reason)}
    end.

%% @doc Every line an expression of its own.
-spec parse(binary()) -> script().
parse(Text) ->
    parse(Text, fun(_) -> true end).

-spec parse(binary(), fun((binary()) -> boolean())) -> script().
parse(Text, IsComplete) ->
    Lines = binary:split(Text, <<"\n">>, [global]),
    Numbered = lists:zip(lists:seq(1, length(Lines)), [string:trim(Line) || Line <- Lines]),
    Empty = #{loads => [], load_errors => [], cases => [], unexpected => []},
    maps:map(fun(_, Found) -> lists:reverse(Found) end, lines(Numbered, IsComplete, Empty)).

lines([], _, Script) ->
    Script;
lines([{_, <<>>} | Rest], IsComplete, Script) ->
    lines(Rest, IsComplete, Script);
lines([{Number, <<"//", Comment/binary>>} | Rest], IsComplete, Script) ->
    lines(Rest, IsComplete, comment(Number, string:trim(Comment), Script));
lines([{Number, Line} | Rest], IsComplete, Script) ->
    {Source, After} = whole(Line, Rest, IsComplete),
    case After of
        [{_, <<"//", Comment/binary>>} | Following] ->
            case expectation(Comment) of
                {ok, Expect} ->
                    Case = #{line => Number, source => Source, expect => Expect},
                    lines(Following, IsComplete, add(cases, Case, Script));
                none ->
                    lines(After, IsComplete, add(unexpected, {Number, Source}, Script))
            end;
        _ ->
            lines(After, IsComplete, add(unexpected, {Number, Source}, Script))
    end.

%% The expectation in the text of a comment: one blank stands before the arrow.
expectation(<<" =>", Text/binary>>) -> {ok, beamtalk_expectation:parse(Text)};
expectation(_) -> none.

%% Lines are added while the input is incomplete, up to a blank line or a comment.
whole(<<":", _/binary>> = Command, Rest, _) ->
    {Command, Rest};
whole(Source, [{_, Next} | Rest] = Lines, IsComplete) when Next =/= <<>> ->
    case is_comment(Next) orelse IsComplete(Source) of
        true -> {Source, Lines};
        false -> whole(<<Source/binary, "\n", Next/binary>>, Rest, IsComplete)
    end;
whole(Source, Rest, _) ->
    {Source, Rest}.

is_comment(<<"//", _/binary>>) -> true;
is_comment(_) -> false.

comment(Number, <<"@load-error", Rest/binary>>, Script) ->
    add(load_errors, load_error(Number, binary:split(Rest, <<"=>">>)), Script);
comment(_, <<"@load ", Path/binary>>, Script) ->
    add(loads, string:trim(Path), Script);
comment(_, _, Script) ->
    Script.

load_error(Number, [Path, Text]) ->
    case {string:trim(Path), string:trim(Text)} of
        {<<>>, _} -> {Number, invalid};
        {File, Part} -> {Number, File, Part}
    end;
load_error(Number, _) ->
    {Number, invalid}.

add(Key, Item, Script) ->
    maps:update_with(Key, fun(Items) -> [Item | Items] end, Script).
