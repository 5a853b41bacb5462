%%% @doc What a path to be built means: a package with its manifest, a directory or a single file; its sources, their modules, and where the
%%% code goes.
-module(beamtalk_project).

-export([resolve/1, write_app/2]).

-export_type([project/0]).

-type project() :: #{
    %% The package's name and manifest; not for plain directories and files.
    package => {Name :: binary(), beamtalk_package:manifest()},
    units := [beamtalk_project_build:unit()],
    output := file:filename()
}.

-spec resolve(file:filename()) -> {ok, project()} | {error, unicode:chardata()}.
resolve(Path) ->
    case {filelib:is_regular(filename:join(Path, "beamtalk.toml")), filelib:is_dir(Path), filelib:is_regular(Path)} of
        {true, _, _} -> package(Path);
        {_, true, _} -> loose(Path, Path, sources(Path));
        {_, _, true} -> file(Path);
        _ -> {error, ["Path '", Path, "' does not exist"]}
    end.

file(Path) ->
    case filename:extension(Path) of
        ".bt" -> loose(Path, filename:dirname(Path), [Path]);
        _ -> {error, ["File '", Path, "' is not a .bt source file"]}
    end.

package(Dir) ->
    case beamtalk_package:read(Dir) of
        {ok, #{{<<"package">>, <<"name">>} := Name, {<<"package">>, <<"version">>} := _} = Manifest} ->
            case beamtalk_package_name:check(Name) of
                ok -> package(Dir, Name, Manifest);
                {error, Why} -> {error, [filename:join(Dir, "beamtalk.toml"), ": ", Why]}
            end;
        {ok, #{{<<"package">>, <<"name">>} := _}} ->
            {error, [filename:join(Dir, "beamtalk.toml"), ": missing key 'version' in [package]"]};
        {ok, _} ->
            {error, [filename:join(Dir, "beamtalk.toml"), ": missing key 'name' in [package]"]};
        {error, Text} ->
            {error, Text}
    end.

package(Dir, Name, Manifest) ->
    Below = beamtalk_package:source_dir(Dir),
    Modules = fun(Relative) -> {ok, beamtalk_package:module_of(Name, Relative)} end,
    Output = filename:join([Dir, "_build", "dev", "ebin"]),
    with_units(Dir, sources(Below), Dir, Below, Modules, #{package => {Name, Manifest}, output => Output}).

loose(Path, Dir, Files) ->
    Module = fun(Relative) -> beamtalk_source_loader:module_of_file(Relative) end,
    with_units(Path, Files, Dir, Dir, Module, #{output => filename:join(Dir, "build")}).

sources(Dir) ->
    beamtalk_source_loader:sources_below(Dir).

with_units(Path, [], _, _, _, _) ->
    {error, ["No .bt source files found in '", Path, "'"]};
with_units(_, Files, Root, Below, ModuleOf, Project) ->
    Units = [unit(File, Root, Below, ModuleOf) || File <- Files],
    case [Text || {error, Text} <- Units] of
        [Text | _] -> {error, Text};
        [] -> distinct([Unit || {ok, Unit} <- Units], Project)
    end.

%% Two files with one module would overwrite each other.
distinct(Units, Project) ->
    case beamtalk_load_order:duplicates([{Module, <<"none">>, File} || #{module := Module, file := File} <- Units]) of
        [] -> {ok, Project#{units => Units}};
        [{Module, [One, Other | _]} | _] -> {error, ["Files '", One, "' and '", Other, "' would both make the module '", Module, "'"]}
    end.

unit(File, Root, Below, ModuleOf) ->
    Relative = below(File, Below),
    Parts = filename:split(filename:rootname(Relative)),
    {Folders, [Stem]} = lists:split(length(Parts) - 1, Parts),
    case {[Part || Part <- Folders, not fits(Part)], fits(Stem)} of
        {[Bad | _], _} ->
            {error, ["Invalid directory name '", Bad, "' in source path '", File, "': must contain only alphanumeric characters and underscores"]};
        {[], false} ->
            {error, ["Invalid module name '", Stem, "': must contain only alphanumeric characters and underscores"]};
        {[], true} ->
            {ok, Module} = ModuleOf(Relative),
            {ok, #{module => Module, file => shown(File), path => unicode:characters_to_binary(below(File, Root))}}
    end.

%% As a user would write it.
shown("./" ++ File) -> File;
shown(File) -> File.

fits(Part) ->
    re:run(Part, "^[A-Za-z0-9_]+$", [{capture, none}]) =:= match.

below(File, Dir) ->
    case lists:prefix(filename:split(Dir), filename:split(File)) of
        true -> filename:join(lists:nthtail(length(filename:split(Dir)), filename:split(File)));
        %% A path such as `./a.bt' below `.'.
        false -> File
    end.

%% @doc Writes the application file of a package, if it says something new.
-spec write_app(project(), [beamtalk_project_build:class()]) -> ok | {error, unicode:chardata()}.
write_app(#{package := {Name, Manifest}, units := Units, output := Out}, Classes) ->
    App = {application, binary_to_atom(Name), [
        {description, text(Manifest, <<"description">>, "A beamtalk package")},
        {vsn, text(Manifest, <<"version">>, "0.0.0")},
        {modules, lists:sort([binary_to_atom(Module) || #{module := Module} <- Units])},
        {registered, []},
        {applications, [kernel, stdlib, beamtalk]},
        {env, [{classes, [{binary_to_atom(M), binary_to_atom(C), binary_to_atom(S)} || {M, C, S} <- Classes]}]}
    ]},
    File = filename:join(Out, binary_to_list(Name) ++ ".app"),
    Content = unicode:characters_to_binary(io_lib:format("%% coding: utf-8~n~tp.~n", [App])),
    case file:read_file(File) of
        {ok, Content} ->
            ok;
        _ ->
            case beamtalk_parallel:write_file(File, Content) of
                ok -> ok;
                {error, Reason} -> {error, ["Cannot write '", File, "': ", file:format_error(Reason)]}
            end
    end;
write_app(_, _) ->
    ok.

text(Manifest, Key, Default) ->
    case Manifest of
        #{{<<"package">>, Key} := Value} -> unicode:characters_to_list(Value);
        #{} -> Default
    end.
