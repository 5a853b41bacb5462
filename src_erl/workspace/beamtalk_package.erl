%%% @doc A package: a directory with a `beamtalk.toml'. Reads the few keys that running it needs, loads its classes, starts it.
-module(beamtalk_package).

-export([read/1, run/1, load/1, load/2]).
%% Where its sources are, and what their modules are called
-export([source_dir/1, module_of/2]).

-type manifest() :: #{{Section :: binary(), Key :: binary()} => binary()}.

-export_type([manifest/0]).

%% @doc Strings of the manifest by section and key.
-spec read(file:filename_all()) -> {ok, manifest()} | {error, binary()}.
read(Dir) ->
    File = filename:join(Dir, "beamtalk.toml"),
    case file:read_file(File) of
        {ok, Text} -> {ok, parse(Text)};
        {error, _} -> {error, text(["No beamtalk.toml found in '", Dir, "'. Run this command in a package, or name a file."])}
    end.

%% @doc Sections and string values; anything else of TOML is passed over.
-spec parse(binary()) -> manifest().
parse(Text) ->
    {_, Manifest} = lists:foldl(fun line/2, {<<>>, #{}}, binary:split(Text, <<"\n">>, [global])),
    Manifest.

line(Line, {Section, Manifest}) ->
    case re:run(string:trim(Line), "^(?:\\[([^\\]]+)\\]|([A-Za-z0-9_-]+)\\s*=\\s*\"([^\"]*)\")", [{capture, all_but_first, binary}]) of
        {match, [Name]} -> {string:trim(Name), Manifest};
        {match, [_, Key, Value]} -> {Section, Manifest#{{Section, Key} => Value}};
        nomatch -> {Section, Manifest}
    end.

%% @doc Loads every class of the package under the package's module names.
-spec load(file:filename_all()) -> {ok, binary(), beamtalk_source_loader:summary()} | {error, binary()}.
load(Dir) ->
    load(Dir, #{}).

%% @doc The same with options for compiling.
-spec load(file:filename_all(), beamtalk_source_loader:options()) ->
    {ok, binary(), beamtalk_source_loader:summary()} | {error, binary()}.
load(Dir, Options) ->
    case read(Dir) of
        {ok, #{{<<"package">>, <<"name">>} := Name}} -> {ok, Name, load(Name, source_dir(Dir), Options)};
        {ok, _} -> {error, text(["The manifest in '", Dir, "' has no package name"])};
        {error, Text} -> {error, Text}
    end.

load(Name, Dir, Options) ->
    Files = beamtalk_source_loader:sources_below(Dir),
    beamtalk_source_loader:files(Files, Options#{module_of => fun(File) -> module_of(Name, relative(File, Dir)) end}).

%% @doc Sources stand in `src', or beside the manifest.
-spec source_dir(file:filename_all()) -> file:filename_all().
source_dir(Dir) ->
    case filelib:is_dir(filename:join(Dir, "src")) of
        true -> filename:join(Dir, "src");
        false -> Dir
    end.

relative(File, Dir) ->
    filename:join(filename:split(File) -- filename:split(Dir)).

%% @doc `bt@PACKAGE@PATH' of a file below the source directory.
-spec module_of(binary(), file:filename_all()) -> binary().
module_of(Package, File) ->
    Parts = filename:split(filename:rootname(File)),
    iolist_to_binary(["bt@", Package, [["@", beamtalk_selector:snake(unicode:characters_to_binary(P))] || P <- Parts]]).

%% @doc Loads the package and sends `run' to the class of its start module.
-spec run(file:filename_all()) -> ok | {error, [beamtalk_failure:failure() | {file:filename_all(), beamtalk_failure:failure()}]}.
run(Dir) ->
    case read(Dir) of
        {ok, #{{<<"package">>, <<"start">>} := Start} = Manifest} -> run(Dir, Start, Manifest);
        {ok, _} -> failed("No start module defined \x{2014} add start = \"module_name\" to [package] in beamtalk.toml");
        {error, Text} -> failed(Text)
    end.

run(Dir, Start, Manifest) ->
    io:put_chars("Building...\n"),
    case load(Dir) of
        {ok, Name, #{failed := []}} ->
            Version = maps:get({<<"package">>, <<"version">>}, Manifest, <<"0.0.0">>),
            io:put_chars(["Running ", Name, " v", Version, " (start module: ", Start, ")...\n"]),
            start(binary_to_atom(module_of(Name, Start)));
        {ok, _, #{failed := Failed}} ->
            {error, Failed};
        {error, Text} ->
            failed(Text)
    end.

start(Module) ->
    case beamtalk_class_registry:class_of_module(Module) of
        undefined ->
            failed(["The start module ", atom_to_list(Module), " holds no class"]);
        Class ->
            Reference = beamtalk_class_registry:class_ref(Class),
            try beamtalk_future:await(beamtalk_message_dispatch:send(Reference, start, []), infinity) of
                _ -> beamtalk_program:wait_idle()
            catch
                Kind:Reason:Stack -> {error, [beamtalk_failure:raised(Kind, Reason, Stack)]}
            end
    end.

failed(Text) ->
    {error, [beamtalk_failure:simple(Text)]}.

text(Chars) ->
    unicode:characters_to_binary(Chars).
