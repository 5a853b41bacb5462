%%% @doc Texts of results and replies, shared by the prompt, `eval' and the end-to-end runner. Pure but for the state of futures.
-module(beamtalk_repl_text).

-export([value/1, notes/1, loaded/1, loaded_names/1, file_count/1, failures/1]).

%% Methods that are told one by one.
-define(NOTES, 5).

%% @doc The value of an input: its display, or the name of what was defined.
-spec value(beamtalk_repl_eval:value()) -> binary().
value({value, Value}) -> beamtalk_display:result(Value);
value({class, Name, _}) -> Name;
value({method, Name, _}) -> Name.

%% @doc What stands beside the value of a definition: a line for each method that has another text now, of many the first ones.
-spec notes([beamtalk_source_loader:loaded()]) -> [binary()].
notes(Loaded) ->
    Swapped = lists:append([maps:get(swapped, One, []) || One <- Loaded]),
    {Told, Rest} = lists:split(min(?NOTES, length(Swapped)), Swapped),
    [text([16#2713, " Hot-loaded: ", Method, versions(Old, New)]) || {Method, Old, New} <- Told] ++
        [text([16#2026, " and ", integer_to_list(length(Rest)), " more"]) || Rest =/= []].

versions(Old, New) -> io_lib:format(" (v~b ~ts v~b)", [Old, [16#2192], New]).

%% @doc Outcome of loading a file or a directory, in the words of the end-to-end cases.
-spec loaded({file | dir, file:filename_all(), beamtalk_source_loader:summary()}) -> {ok | failed, binary()}.
loaded({file, _, #{loaded := [], failed := [{_, Failure} | _]}}) ->
    {failed, beamtalk_failure:text(Failure)};
loaded({file, _, #{loaded := Loaded}}) ->
    {ok, loaded_names(Loaded)};
loaded({dir, Path, #{loaded := [], failed := []}}) ->
    {failed, text(["No .bt files found in ", Path])};
loaded({dir, Path, #{loaded := Loaded, failed := []}}) ->
    {ok, text([file_count(length(Loaded)), " from ", Path])};
loaded({dir, _, #{loaded := Loaded, failed := Failed}}) ->
    Names = lists:join(", ", [filename:basename(File) || {File, _} <- Failed]),
    {failed, text([file_count(length(Loaded)), " loaded, ", file_count(length(Failed)), " failed (", Names, ")"])}.

-spec loaded_names([{file:filename_all(), beamtalk_source_loader:loaded()}]) -> binary().
loaded_names(Loaded) ->
    Names = [beamtalk_printer:display(Class) || {_, #{class := Class}} <- Loaded, Class =/= none],
    text(lists:join(", ", Names)).

-spec file_count(non_neg_integer()) -> iolist().
file_count(1) -> "1 file";
file_count(N) -> [integer_to_list(N), " files"].

%% @doc One line or more for each file that failed.
-spec failures([{file:filename_all(), beamtalk_failure:failure()}]) -> iolist().
failures(Failed) ->
    [["  Error in ", filename:basename(File), ": ", beamtalk_failure:text(Failure), "\n"] || {File, Failure} <- Failed].

text(Chars) -> unicode:characters_to_binary(Chars).
