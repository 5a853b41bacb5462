%%% @doc Builds a path with all the packages it needs, those first, as far as something changed.
%%%
%%% A package sees its own classes and those of the packages it needs, also through others. Packages are loaded into one node, so each class is
%%% in one package only.
-module(beamtalk_package_build).

-export([build/2, is_whole/1]).

-export_type([options/0, built/0, part/0]).

-type options() :: #{
    profile => beamtalk_project:profile(),
    %% For every package; without `output' and `known'.
    build => map(),
    %% For the package itself only: primitives, library mode.
    compile => map(),
    %% Called with the result of each part.
    report => fun((beamtalk_project_build:result()) -> term()),
    %% Leaves out the package itself.
    needed_only => boolean()
}.
-type part() :: #{project := beamtalk_project:project(), result := beamtalk_project_build:result()}.
%% In the order of building; stops behind a part with errors. The last is the path itself, if it was got to.
-type built() :: #{parts := [part()], collisions := [unicode:chardata()]}.

-spec build(file:filename(), options()) -> {ok, built()} | {error, unicode:chardata()}.
build(Path, Options) ->
    Profile = maps:get(profile, Options, dev),
    case beamtalk_project:resolve(Path, Profile) of
        {ok, #{package := Manifest} = Project} ->
            case beamtalk_dependencies:resolve(Path, Manifest) of
                {ok, Packages} -> package(Path, Project, Packages, Profile, Options);
                {error, _} = Error -> Error
            end;
        {ok, Project} ->
            described(finished([part(Project, [], maps:get(compile, Options, #{}), Options)]));
        {error, _} = Error ->
            Error
    end.

package(Root, Project, Packages, Profile, Options) ->
    case projects(Packages, Root, Profile) of
        {ok, Projects} ->
            Own = {Project, [Name || #{name := Name} <- Packages], maps:get(compile, Options, #{})},
            Others = [{One, Needs, #{}} || {One, #{needs := Needs}} <- lists:zip(Projects, Packages)],
            All = Others ++ [Own || not maps:get(needed_only, Options, false)],
            Built = finished(parts(All, #{}, Options)),
            _ = is_whole(Built) andalso forget_others(Root, Packages),
            described(Built);
        {error, _} = Error ->
            Error
    end.

%% With the application files of what was built.
described(#{parts := Parts} = Built) ->
    case is_whole(Built) andalso [E || #{project := P, result := #{classes := C}} <- Parts, {error, _} = E <- [beamtalk_project:write_app(P, C)]] of
        [Error | _] -> Error;
        _ -> {ok, Built}
    end.

projects(Packages, Root, Profile) ->
    Resolved = [{Package, beamtalk_project:dependency(Package, Root, Profile)} || Package <- Packages],
    case [[Place, ": dependency '", Name, "': ", Text] || {#{place := Place, name := Name}, {error, Text}} <- Resolved] of
        [] -> {ok, [Project || {_, {ok, Project}} <- Resolved]};
        [Text | _] -> {error, Text}
    end.

%% `Interfaces': those of the packages before, by name.
parts([], _, _) ->
    [];
parts([{#{package := #{name := Name}} = Project, Needs, Compile} | Rest], Interfaces, Options) ->
    Known = lists:append([map_get(Need, Interfaces) || Need <- Needs]),
    #{result := #{interfaces := Own} = Result} = Part = part(Project, Known, Compile, Options),
    case failed(Result) of
        true -> [Part];
        false -> [Part | parts(Rest, Interfaces#{Name => Own}, Options)]
    end.

part(#{units := Units, output := Output} = Project, Known, Compile, Options) ->
    Shared = maps:get(shared, Project, false),
    Asked = (maps:get(build, Options, #{}))#{output => Output, shared => Shared, known => Known, compile => Compile},
    Result = beamtalk_project_build:build(Units, Asked),
    _ = (maps:get(report, Options, fun(_) -> ok end))(Result),
    #{project => Project, result => Result}.

failed(#{failed := Failed, unreadable := Unreadable}) ->
    Failed =/= [] orelse Unreadable =/= [].

finished(Parts) ->
    #{parts => Parts, collisions => collisions(Parts)}.

%% @doc Is everything there?
-spec is_whole(built()) -> boolean().
is_whole(#{parts := Parts, collisions := Collisions}) ->
    Collisions =:= [] andalso not lists:any(fun(#{result := Result}) -> failed(Result) end, Parts).

collisions(Parts) ->
    beamtalk_dependencies:collisions([
        {Class, Name, file(Module, Units)}
     || #{project := #{package := #{name := Name}, units := Units}, result := #{classes := Classes}} <- Parts, {Module, Class, _} <- Classes
    ]).

file(Module, Units) ->
    [File | _] = [File || #{module := M, file := File} <- Units, M =:= Module],
    File.

%% What was built of packages that are needed no more.
forget_others(Root, Packages) ->
    Dir = filename:dirname(beamtalk_dependencies:build_dir(Root, <<"any">>)),
    Kept = [binary_to_list(Name) || #{name := Name} <- Packages],
    Found =
        case file:list_dir(Dir) of
            {ok, Names} -> Names;
            {error, _} -> []
        end,
    [file:del_dir_r(filename:join(Dir, Name)) || Name <- Found -- Kept, beamtalk_package_name:check(unicode:characters_to_binary(Name)) =:= ok].
