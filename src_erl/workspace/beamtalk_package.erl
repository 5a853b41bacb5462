%%% @doc A package: a directory with a `beamtalk.toml'. Builds and loads it with the packages it needs, and starts it.
-module(beamtalk_package).

-export([load/2, load_needed/2, run/2]).

-type problem() :: beamtalk_failure:failure() | {file:filename_all(), beamtalk_failure:failure()}.

%% @doc Loads every class of the package and of those it needs; the classes of a package that is needed come first.
-spec load(file:filename(), beamtalk_package_build:options()) ->
    {ok, beamtalk_manifest:manifest(), Classes :: non_neg_integer()} | {error, [problem()]}.
load(Dir, Options) ->
    case load_built(Dir, Options) of
        {ok, Parts} ->
            #{project := #{package := Manifest}, result := #{classes := Classes}} = lists:last(Parts),
            {ok, Manifest, length(Classes)};
        {error, _} = Error ->
            Error
    end.

%% @doc Loads what a directory's package needs, but not the package; nothing where there is none.
-spec load_needed(file:filename(), beamtalk_package_build:options()) -> ok | {error, [problem()]}.
load_needed(Dir, Options) ->
    case beamtalk_manifest:read(Dir) of
        {ok, #{dependencies := [_ | _]}} ->
            case load_built(Dir, Options#{needed_only => true}) of
                {ok, _} -> ok;
                {error, _} = Error -> Error
            end;
        {error, Text} when Text =/= none ->
            {error, [beamtalk_failure:simple(Text)]};
        _ ->
            ok
    end.

load_built(Dir, Options) ->
    case beamtalk_package_build:build(Dir, Options) of
        {ok, #{parts := Parts, collisions := Collisions} = Built} ->
            case beamtalk_package_build:is_whole(Built) of
                true -> load_parts(Parts);
                false -> {error, lists:append([failures(Result) || #{result := Result} <- Parts]) ++ [beamtalk_failure:simple(T) || T <- Collisions]}
            end;
        {error, Text} ->
            {error, [beamtalk_failure:simple(Text)]}
    end.

failures(#{failed := Failed, unreadable := Unreadable}) ->
    [{File, {compile, Found}} || {File, _, Found} <- Failed] ++
        [{File, beamtalk_failure:simple(["Failed to read file: ", file:format_error(Reason)])} || {File, Reason} <- Unreadable].

load_parts(Parts) ->
    case lists:append([load_part(Part) || Part <- Parts]) of
        [] -> {ok, Parts};
        Failed -> {error, Failed}
    end.

%% Superclasses first; files without a class last.
load_part(#{project := #{units := Units, output := Out}, result := #{interfaces := Interfaces}}) ->
    Held = maps:from_list([{Module, Interface} || #{module := Module} = Interface <- Interfaces]),
    Entries = [{class(Module, Held), superclass(Module, Held), Unit} || #{module := Module} = Unit <- Units],
    lists:append([load_unit(Unit, Held, Out) || {_, _, Unit} <- beamtalk_load_order:superclasses_first(Entries)]).

class(Module, Held) ->
    case Held of
        #{Module := #{name := Name}} -> Name;
        #{} -> Module
    end.

superclass(Module, Held) ->
    case Held of
        #{Module := #{superclass := Superclass}} when is_binary(Superclass) -> Superclass;
        #{} -> <<"none">>
    end.

load_unit(#{module := Module, file := File, path := Path}, Held, Out) ->
    case file:read_file(filename:join(Out, binary_to_list(Module) ++ ".beam")) of
        {ok, Beam} ->
            Classes = [Interface || #{Module := Interface} <- [Held]],
            Compiled = #{beam => Beam, module_name => Module, classes => Classes, diagnostics => []},
            case beamtalk_source_loader:load_compiled(Compiled, Path, #{}) of
                {ok, _} -> [];
                {error, Failure} -> [{File, Failure}]
            end;
        {error, Reason} ->
            [{File, beamtalk_failure:simple(["Failed to read its module: ", file:format_error(Reason)])}]
    end.

%%% Running

%% @doc Builds and loads the package and sends `start' to the class of its start module.
-spec run(file:filename(), beamtalk_package_build:options()) -> ok | {error, [problem()]}.
run(Dir, Options) ->
    case beamtalk_manifest:read(Dir) of
        {ok, #{start := Start} = Manifest} -> run(Dir, Start, Manifest, Options);
        {ok, _} -> failed("No start module defined \x{2014} add start = \"module_name\" to [package] in beamtalk.toml");
        {error, none} -> failed(["No beamtalk.toml found in '", Dir, "'. Run this command in a package, or name a file."]);
        {error, Text} -> failed(Text)
    end.

run(Dir, Start, #{name := Name, version := Version}, Options) ->
    io:put_chars("Building...\n"),
    case load(Dir, Options) of
        {ok, _, _} ->
            io:put_chars(["Running ", Name, " v", Version, " (start module: ", Start, ")...\n"]),
            start(beamtalk_project:module_of(Name, Start), Start);
        {error, _} = Error ->
            Error
    end.

start(Module, Start) ->
    Loaded = [Class || Class <- beamtalk_class_registry:all_classes(), atom_to_binary(beamtalk_class_registry:module_of(Class)) =:= Module],
    case Loaded of
        [] ->
            failed(["The start module '", Start, "' holds no class: there must be a file of that name in src/ with a class in it"]);
        [Class | _] ->
            Reference = beamtalk_class_registry:class_ref(Class),
            try beamtalk_future:await(beamtalk_message_dispatch:send(Reference, start, []), infinity) of
                _ -> beamtalk_program:wait_ended()
            catch
                Kind:Reason:Stack -> {error, [beamtalk_failure:raised(Kind, Reason, Stack)]}
            end
    end.

failed(Text) ->
    {error, [beamtalk_failure:simple(Text)]}.
