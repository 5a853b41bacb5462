%%% @doc The packages a package needs, in the order in which they are built and loaded: those that are needed before those that need them.
%%%
%%% A package is there once, whoever needs it: two places for one name are an error, as is a circle. Those of git repositories are fetched
%%% into `_build/deps/NAME/source' of the package that is built.
-module(beamtalk_dependencies).

-include_lib("kernel/include/file.hrl").

-export([resolve/2, build_dir/2, of_directory/1, classes/1, collisions/1]).

-export_type([entry/0]).

-export_type([package/0]).

-type package() :: #{
    name := binary(),
    dir := file:filename(),
    %% The same from the directory of the package that is built: names the sources in modules.
    path := file:filename(),
    manifest := beamtalk_manifest:manifest(),
    %% File and line that ask for it.
    place := unicode:chardata(),
    %% All it needs, also through others.
    needs := [binary()]
}.
%% A class, and the package and file that define it.
-type entry() :: {Class :: binary(), Package :: binary(), file:filename_all()}.
-type found() :: #{binary() => {Identity :: term(), package()}}.

-record(state, {
    root :: file:filename(),
    found = #{} :: found(),
    order = [] :: [binary()]
}).

%% @doc The packages that what stands in a directory needs; none where there is no package.
-spec of_directory(file:filename()) -> {ok, [package()]} | {error, unicode:chardata()}.
of_directory(Dir) ->
    case beamtalk_manifest:read(Dir) of
        {ok, Manifest} -> resolve(Dir, Manifest);
        {error, none} -> {ok, []};
        {error, Text} -> {error, Text}
    end.

%% @doc Class information of packages, read from their sources without building them.
-spec classes([package()]) -> {[Interface :: map()], [entry()]}.
classes(Packages) ->
    Files = [
        {Name, File, beamtalk_project:module_of(Name, below(File, Source))}
     || #{name := Name, dir := Dir} <- Packages, Source <- [beamtalk_project:source_dir(Dir)], File <- beamtalk_source_loader:sources_below(Source)
    ],
    Read = beamtalk_parallel:map(fun({Name, File, Module}) -> {Name, File, beamtalk_source_loader:read(File, #{module_name => Module})} end, Files),
    Found = [{Name, File, Class} || {Name, File, {ok, #{classes := Classes}}} <- Read, Class <- Classes],
    {[Class || {_, _, Class} <- Found], [{Class, Name, File} || {Name, File, #{name := Class}} <- Found]}.

below(File, Dir) ->
    filename:join(lists:nthtail(length(filename:split(Dir)), filename:split(File))).

%% @doc Classes of several packages. The second would take the place of the first. Within a package that is the package's own affair.
-spec collisions([entry()]) -> [unicode:chardata()].
collisions(Entries) ->
    [
        ["class '", Class, "' is defined in package ", lists:join(" and in package ", [["'", Name, "' (", File, ")"] || {Name, File} <- Places]),
            "; it needs another name in all but one"]
     || {Class, Places} <- beamtalk_load_order:duplicates([{Class, <<"none">>, {Name, File}} || {Class, Name, File} <- Entries]),
        length(lists:usort([Name || {Name, _} <- Places])) > 1
    ].

%% @doc Where the code of a dependency goes, and the sources that are not anywhere else.
-spec build_dir(file:filename(), binary()) -> file:filename().
build_dir(Root, Name) ->
    filename:join([Root, "_build", "deps", binary_to_list(Name)]).

-spec resolve(file:filename(), beamtalk_manifest:manifest()) -> {ok, [package()]} | {error, unicode:chardata()}.
resolve(Dir, #{name := Name} = Manifest) ->
    try
        #state{found = Found, order = Order} = visit(Manifest, Dir, ".", [Name], #state{root = Dir}),
        {ok, [element(2, map_get(One, Found)) || One <- lists:reverse(Order)]}
    catch
        throw:{?MODULE, Text} -> {error, Text}
    end.

-spec wrong(unicode:chardata(), binary(), unicode:chardata()) -> no_return().
wrong(Place, Name, Text) ->
    throw({?MODULE, [Place, ": dependency '", Name, "' ", Text]}).

%% `Above': the packages on the way here, nearest first.
visit(#{dependencies := Dependencies}, Dir, Path, Above, State) ->
    lists:foldl(fun(Dependency, Acc) -> dependency(Dependency, Dir, Path, Above, Acc) end, State, Dependencies).

dependency(#{name := Name, place := Place, source := Source} = Dependency, Dir, Path, Above, #state{found = Found} = State) ->
    case {lists:member(Name, Above), Found} of
        {true, _} ->
            Circle = lists:dropwhile(fun(One) -> One =/= Name end, lists:reverse(Above)) ++ [Name],
            wrong(Place, Name, ["closes a circle: ", lists:join(" -> ", Circle)]);
        {false, #{Name := {Identity, #{place := First}}}} ->
            Identity =:= identity(Source, Dir) orelse
                wrong(Place, Name, ["is in another place here (", source_text(Source), ") than in ", First]),
            State;
        {false, #{}} ->
            new(Dependency, located(Dependency, Dir, Path, State), identity(Source, Dir), Above, State)
    end.

%% One directory whatever its path looks like, where the system numbers its files.
identity({path, Path}, Dir) ->
    Full = filename:join(Dir, unicode:characters_to_list(Path)),
    case file:read_file_info(Full) of
        {ok, #file_info{inode = Inode, major_device = Device}} when Inode =/= 0 -> {path, Device, Inode};
        _ -> {path, filename:absname(Full)}
    end;
identity({git, Url, Ref}, _) ->
    {git, Url, Ref}.

source_text({path, Path}) -> ["path ", Path];
source_text({git, Url, {Kind, Ref}}) -> ["git ", Url, ", ", atom_to_list(Kind), " ", Ref].

%% From here, and from the package that is built.
located(#{name := Name, source := {path, Path}, place := Place}, Dir, Above, _) ->
    Text = unicode:characters_to_list(Path),
    Full = beamtalk_project_path:beside(Dir, Text),
    filelib:is_dir(Full) orelse wrong(Place, Name, ["names a directory that does not exist: '", Path, "'"]),
    {Full, beamtalk_project_path:beside(Above, Text)};
located(#{name := Name, source := {git, Url, Ref}, place := Place}, Dir, _, #state{root = Root}) ->
    Target = filename:join(build_dir(Root, Name), "source"),
    case beamtalk_git:fetch(Url, Ref, Dir, Target, fun() -> fetching(Name, Url, Ref) end) of
        ok -> {Target, filename:join(build_dir(".", Name), "source")};
        {error, Why} -> wrong(Place, Name, Why)
    end.

%% Beside the output of the command.
fetching(Name, Url, {Kind, Ref}) ->
    io:put_chars(standard_error, ["Fetching ", Name, " from ", Url, " (", atom_to_list(Kind), $\s, Ref, ")...\n"]).

new(#{name := Name, place := Place}, {Dir, Path}, Identity, Above, State) ->
    Manifest = manifest(beamtalk_manifest:read(Dir), Dir, Name, Place),
    #state{found = Found, order = Order} = Visited = visit(Manifest, Dir, Path, [Name | Above], State),
    Direct = [One || #{name := One} <- maps:get(dependencies, Manifest)],
    Further = [Needs || One <- Direct, {_, #{needs := Needs}} <- [map_get(One, Found)]],
    Package = #{
        name => Name, dir => Dir, path => beamtalk_project_path:shown(Path), manifest => Manifest, place => Place,
        needs => lists:usort(lists:append([Direct | Further]))
    },
    Visited#state{found = Found#{Name => {Identity, Package}}, order = [Name | Order]}.

manifest({ok, #{name := Name} = Manifest}, _, Name, _) -> Manifest;
manifest({ok, #{name := Other}}, Dir, Name, Place) -> wrong(Place, Name, ["is called '", Other, "' in ", filename:join(Dir, "beamtalk.toml")]);
manifest({error, none}, Dir, Name, Place) -> wrong(Place, Name, ["is no package: there is no beamtalk.toml in '", Dir, "'"]);
manifest({error, Text}, _, Name, Place) -> wrong(Place, Name, ["cannot be used: ", Text]).
