%% Every public class and method of the library says what it means and shows it; `./beamtalk doctest stdlib/src' runs what is shown.
-module(beamtalk_library_docs_tests).

-include_lib("eunit/include/eunit.hrl").

%% Sub-protocol that only the runtime sends.
-define(PRIVATE, "  // private").

every_method_has_a_comment_and_an_example_test_() ->
    [
        {filename:basename(File), ?_assertEqual([], undocumented(lines(File), [], []))}
     || File <- filelib:wildcard(filename:join(beamtalk_self_hosting:root(), "stdlib/src/*/*.bt"))
    ].

every_class_has_a_comment_and_an_example_test_() ->
    [
        {filename:basename(File), ?_assert(lists:member("/// ```beamtalk", comment(lines(File))))}
     || File <- filelib:wildcard(filename:join(beamtalk_self_hosting:root(), "stdlib/src/*/*.bt")), not is_empty_error(File)
    ].

%% The kinds of exceptions declare nothing; what is to be said of them stands with Exception.
is_empty_error(File) ->
    filename:basename(filename:dirname(File)) =:= "errors" andalso beamtalk_self_hosting:methods(File) =:= [].

comment(Lines) -> lists:takewhile(fun(L) -> lists:prefix("///", L) end, Lines).

%% First lines of methods without an example in the comment above them. `Above' is that comment, backwards.
undocumented([?PRIVATE | _], _, Found) ->
    lists:reverse(Found);
undocumented(["  ///" ++ _ = Line | Rest], Above, Found) ->
    undocumented(Rest, [Line | Above], Found);
undocumented([Line | Rest], Above, Found) ->
    case is_method(Line) andalso not (has_text(Above) andalso lists:member("  /// ```beamtalk", Above)) of
        true -> undocumented(Rest, [], [Line | Found]);
        false -> undocumented(Rest, [], Found)
    end;
undocumented([], _, Found) ->
    lists:reverse(Found).

is_method(Line) -> re:run(Line, "^  (?!//|state:|classState:)\\S.*? =>", [{capture, none}]) =:= match.

has_text([]) -> false;
has_text(Above) -> lists:prefix("  /// ", lists:last(Above)).

lines(File) ->
    {ok, Text} = file:read_file(File),
    string:split(unicode:characters_to_list(Text), "\n", all).
