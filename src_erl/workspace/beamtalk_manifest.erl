%%% @doc The manifest of a package, `beamtalk.toml': what it says, checked, or its first mistake with file and line.
%%%
%%% Sections and keys that are not known here are accepted.
-module(beamtalk_manifest).

-export([read/1]).

-export_type([manifest/0, dependency/0, source/0]).

-type manifest() :: #{
    name := binary(),
    version := binary(),
    description => binary(),
    licenses => [binary()],
    %% File in `src' whose class `run' starts.
    start => binary(),
    %% What the prompt evaluates when it starts.
    entry => binary(),
    %% As they stand in the file.
    dependencies := [dependency()]
}.
-type dependency() :: #{
    name := binary(),
    source := source(),
    %% File and line that name it.
    place := unicode:chardata()
}.
-type source() :: {path, binary()} | {git, Url :: binary(), beamtalk_git:ref()}.

-define(FILE_NAME, "beamtalk.toml").

%% @doc The manifest of a directory. `none': there is no such file.
-spec read(file:filename()) -> {ok, manifest()} | {error, none | unicode:chardata()}.
read(Dir) ->
    File = filename:join(Dir, ?FILE_NAME),
    Shown = beamtalk_project_path:shown(File),
    case file:read_file(File) of
        {ok, Text} ->
            try
                {ok, manifest(table(Text, Shown), Shown)}
            catch
                throw:{?MODULE, Why} -> {error, Why}
            end;
        {error, Reason} when Reason =:= enoent; Reason =:= enotdir ->
            {error, none};
        {error, Reason} ->
            {error, ["Cannot read '", Shown, "': ", file:format_error(Reason)]}
    end.

-spec wrong(unicode:chardata()) -> no_return().
wrong(Text) ->
    throw({?MODULE, Text}).

place(File, Line) ->
    [File, $:, integer_to_list(Line)].

table(Text, File) ->
    case beamtalk_toml:parse(Text) of
        {ok, Table} -> Table;
        {error, {Line, Why}} -> wrong([place(File, Line), ": ", Why])
    end.

manifest(Table, File) ->
    Package = section(<<"package">>, Table, File),
    Run = section(<<"run">>, Table, File),
    Optional = [
        {description, text(<<"description">>, Package, File)},
        {licenses, texts(<<"licenses">>, Package, File)},
        {start, start(Package, File)},
        {entry, text(<<"entry">>, Run, File)}
    ],
    Required = #{
        name => name(Package, File),
        version => required(<<"version">>, Package, File),
        dependencies => dependencies(section(<<"dependencies">>, Table, File), File)
    },
    maps:merge(Required, maps:from_list([{Key, Value} || {Key, Value} <- Optional, Value =/= none])).

section(Name, Table, File) ->
    case Table of
        #{Name := {_, Section}} when is_map(Section) -> Section;
        #{Name := {Line, _}} -> wrong([place(File, Line), ": '", Name, "' must be a section: [", Name, "]"]);
        #{} -> #{}
    end.

name(Package, File) ->
    Name = required(<<"name">>, Package, File),
    case beamtalk_package_name:check(Name) of
        ok -> Name;
        {error, Why} -> wrong([place(File, element(1, map_get(<<"name">>, Package))), ": ", Why])
    end.

required(Key, Package, File) ->
    case text(Key, Package, File) of
        none -> wrong([File, ": missing key '", Key, "' in [package]"]);
        Text -> Text
    end.

text(Key, Section, File) ->
    case Section of
        #{Key := {_, Text}} when is_binary(Text) -> Text;
        #{Key := {Line, _}} -> wrong([place(File, Line), ": '", Key, "' must be a text in double quotes"]);
        #{} -> none
    end.

texts(Key, Section, File) ->
    case Section of
        #{Key := {Line, Texts}} ->
            is_list(Texts) andalso lists:all(fun is_binary/1, Texts) orelse
                wrong([place(File, Line), ": '", Key, "' must be a list of texts: [\"MIT\"]"]),
            Texts;
        #{} ->
            none
    end.

start(Package, File) ->
    case text(<<"start">>, Package, File) of
        none ->
            none;
        Start ->
            case re:run(Start, "^[A-Za-z0-9_]+$", [dollar_endonly, {capture, none}]) of
                match ->
                    Start;
                nomatch ->
                    {Line, _} = map_get(<<"start">>, Package),
                    wrong([place(File, Line), ": 'start' must be the name of a file in src/ without its ending, found '", Start, "'"])
            end
    end.

%%% Dependencies

dependencies(Section, File) ->
    Listed = lists:sort([{Line, Name, Value} || {Name, {Line, Value}} <- maps:to_list(Section)]),
    [dependency(Name, Value, place(File, Line)) || {Line, Name, Value} <- Listed].

dependency(Name, Value, Place) ->
    case beamtalk_package_name:check(Name) of
        ok -> #{name => Name, place => Place, source => source(Value, [Place, ": dependency '", Name, "' "])};
        {error, Why} -> wrong([Place, ": ", Why])
    end.

source(Table, About) when is_map(Table) ->
    case {Table, [{Kind, Ref} || Kind <- [tag, rev, branch], {ok, {_, Ref}} <- [maps:find(atom_to_binary(Kind), Table)]]} of
        {#{<<"path">> := _, <<"git">> := _}, _} -> wrong([About, "names both a path and a git repository"]);
        {#{<<"path">> := {_, Path}}, []} when is_binary(Path), Path =/= <<>> -> {path, Path};
        {#{<<"path">> := {_, Path}}, [_ | _]} when is_binary(Path) -> wrong([About, "is a path: tag, rev and branch are for git"]);
        {#{<<"path">> := _}, _} -> wrong([About, "must name its path as a text: { path = \"../NAME\" }"]);
        {#{<<"git">> := {_, Url}}, Refs} -> git(Url, Refs, About);
        _ -> wrong([About, "names neither a path nor a git repository"])
    end;
source(_, About) ->
    wrong([About, "must be { path = \"...\" } or { git = \"...\", tag = \"...\" }"]).

git(Url, [{Kind, Ref}], About) ->
    _ = is_binary(Url) orelse wrong([About, "must name its git repository as a text"]),
    _ = is_binary(Ref) orelse wrong([About, "must name its ", atom_to_list(Kind), " as a text"]),
    case beamtalk_git:check(Url, {Kind, Ref}) of
        ok -> {git, Url, {Kind, Ref}};
        {error, Why} -> wrong([About, Why])
    end;
git(_, [], About) ->
    wrong([About, "names none of tag, rev and branch: { git = \"...\", tag = \"v1.0\" }"]);
git(_, Refs, About) ->
    wrong([About, "names more than one of tag, rev and branch: ", lists:join(", ", [atom_to_list(Kind) || {Kind, _} <- Refs])]).
