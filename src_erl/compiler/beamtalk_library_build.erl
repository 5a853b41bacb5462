%%% @doc Compiles the library classes, each `stdlib/src/**/*.bt' to one module, superclasses first.
%%%
%%% Belongs to the compiler room; called by the build hook and by `beamtalk build-stdlib'. Two passes: (1) every file is read for its class,
%%% superclass and interface; (2) the files whose own text, or anybody's interface, or the compiler has changed are compiled, side by
%%% side. What was true at the last build is kept in a state file; `classes.term' beside the code lists the classes in loading order.
-module(beamtalk_library_build).

-export([build/1]).

-export_type([options/0]).

-type options() :: #{
    source := file:filename(),
    output := file:filename(),
    %% Remembers what was built from what.
    state := file:filename(),
    %% Changes when the compiler changes.
    stamp => term()
}.

-record(unit, {
    file :: file:filename(),
    source :: binary(),
    class :: binary(),
    superclass :: binary(),
    module :: binary(),
    interface :: map()
}).

-spec build(options()) -> {ok, #{compiled := non_neg_integer(), total := non_neg_integer()}} | {error, [binary()]}.
build(#{source := Dir, output := Out, state := StateFile} = Options) ->
    Files = lists:sort(filelib:wildcard("**/*.bt", Dir)),
    Sources = [{File, read(filename:join(Dir, File))} || File <- Files],
    Key = erlang:md5(term_to_binary({Sources, maps:get(stamp, Options, none), own_stamp()})),
    Old = state(StateFile),
    case Old of
        #{key := Key, modules := Modules} ->
            case complete(Out, Modules) of
                true -> {ok, #{compiled => 0, total => length(Files)}};
                false -> build(Sources, Out, StateFile, Key, #{}, Options)
            end;
        _ ->
            build(Sources, Out, StateFile, Key, Old, Options)
    end.

build([], Out, _StateFile, _Key, _Old, _Options) ->
    remove_others(Out, []),
    {ok, #{compiled => 0, total => 0}};
build(Sources, Out, StateFile, Key, Old, Options) ->
    {ok, _} = application:ensure_all_started(beamtalk_compiler),
    case all(beamtalk_parallel:map(fun read_unit/1, Sources)) of
        {ok, Units} -> compile(superclasses_first(Units), Out, StateFile, Key, Old, Options);
        {error, _} = Error -> Error
    end.

%% Pass 1.
read_unit({File, Source}) ->
    case beamtalk_compiler:doc(Source, #{stdlib_mode => true}) of
        {ok, [#{name := Class, superclass := Superclass} = Info]} ->
            Module = <<"bt@stdlib@", (beamtalk_selector:snake(Class))/binary>>,
            Interface = maps:without([doc, examples], Info#{module => Module, methods => signatures(Info)}),
            {ok, #unit{
                file = File, source = Source, class = Class, superclass = Superclass, module = Module, interface = Interface
            }};
        {ok, Classes} ->
            {error, text("~ts: defines ~b classes, expected one", [File, length(Classes)])};
        {error, #{diagnostics := Found}} ->
            {error, diagnostics_text(File, Found)}
    end.

signatures(#{methods := Methods}) ->
    [maps:without([doc, source, start, 'end'], Method) || Method <- Methods].

%% Classes that do not depend on each other by name, so that the list does not change with the files.
superclasses_first(Units) ->
    Entries = [{Unit#unit.class, Unit#unit.superclass, Unit} || Unit <- lists:keysort(#unit.class, Units)],
    [Unit || {_, _, Unit} <- beamtalk_load_order:superclasses_first(Entries)].

%% Pass 2.
compile(Units, Out, StateFile, Key, Old, Options) ->
    ok = filelib:ensure_dir(filename:join(Out, "any")),
    Interfaces = erlang:md5(term_to_binary([Unit#unit.interface || Unit <- Units])),
    Stamp = {Interfaces, maps:get(stamp, Options, none), own_stamp()},
    Previous = maps:get(modules, Old, #{}),
    Known = maps:from_list([{Class, Interface} || #unit{class = Class, interface = Interface} <- Units]),
    Results = beamtalk_parallel:map(
        fun(Unit) -> compile_unit(Unit, Known, Out, {erlang:md5(Unit#unit.source), Stamp}, Previous) end, Units
    ),
    case all(Results) of
        {ok, Built} ->
            Modules = maps:from_list([{Module, Unit} || {Module, Unit, _} <- Built]),
            remove_others(Out, maps:keys(Modules)),
            ok = write_classes(Out, Units),
            ok = beamtalk_parallel:write_file(StateFile, term_to_binary(#{key => Key, modules => Modules})),
            {ok, #{compiled => length([new || {_, _, new} <- Built]), total => length(Built)}};
        {error, _} = Error ->
            Error
    end.

compile_unit(#unit{module = Module, file = File} = Unit, Known, Out, UnitKey, Previous) ->
    Target = beam_file(Out, Module),
    case Previous of
        #{Module := UnitKey} ->
            case filelib:is_regular(Target) of
                true -> {ok, {Module, UnitKey, kept}};
                false -> compile_unit(Unit, Known, Out, UnitKey, #{})
            end;
        _ ->
            Options = #{
                stdlib_mode => true,
                workspace_mode => false,
                module_name => Module,
                known_classes => Known,
                path => unicode:characters_to_binary(filename:join("stdlib/src", File)),
                emit => [core, beam],
                core_options => #{optimise => true, debug_info => true}
            },
            case beamtalk_compiler:compile(Unit#unit.source, Options) of
                {ok, #{beam := Beam}} ->
                    ok = beamtalk_parallel:write_file(Target, Beam),
                    {ok, {Module, UnitKey, new}};
                {error, #{diagnostics := Found}} ->
                    {error, diagnostics_text(File, Found)}
            end
    end.

beam_file(Out, Module) ->
    filename:join(Out, binary_to_list(Module) ++ ".beam").

%% Read at start-up: classes in the order in which they can be loaded.
write_classes(Out, Units) ->
    Classes = [
        {binary_to_atom(Module), binary_to_atom(Class), binary_to_atom(Superclass)}
     || #unit{module = Module, class = Class, superclass = Superclass} <- Units
    ],
    Text = io_lib:format("%% {Module, Class, Superclass}, superclasses first.~n~tp.~n", [Classes]),
    ok = beamtalk_parallel:write_file(filename:join(Out, "classes.term"), unicode:characters_to_binary(Text)),
    write_meta(Out, [Module || {Module, _, _} <- Classes]).

%% What the classes say about themselves, in one file: a node can register the library without loading its modules.
write_meta(Out, Modules) ->
    Meta = [loaded(Module, beam_file(Out, atom_to_binary(Module))) || Module <- Modules],
    beamtalk_parallel:write_file(filename:join(Out, "classes.meta"), term_to_binary(Meta)).

loaded(Module, File) ->
    _ = code:purge(Module),
    {module, Module} = code:load_binary(Module, File, read(File)),
    Module:'__beamtalk__'().

remove_others(Out, Modules) ->
    Kept = [beam_file(Out, Module) || Module <- Modules],
    Present = [filename:join(Out, Name) || Name <- filelib:wildcard("*.beam", Out)],
    lists:foreach(fun file:delete/1, Present -- Kept).

complete(Out, Modules) ->
    filelib:is_regular(filename:join(Out, "classes.meta")) andalso lists:all(fun(Module) -> filelib:is_regular(beam_file(Out, Module)) end, maps:keys(Modules)).

%% The Erlang half of the compiler.
own_stamp() ->
    [beamtalk_core_compiler:module_info(md5), ?MODULE:module_info(md5)].

state(File) ->
    case file:read_file(File) of
        {ok, Content} ->
            try
                #{} = binary_to_term(Content)
            catch
                error:_ -> #{}
            end;
        {error, _} ->
            #{}
    end.

read(File) ->
    {ok, Source} = file:read_file(File),
    Source.

all(Results) ->
    case [Text || {error, Text} <- Results] of
        [] -> {ok, [Value || {ok, Value} <- Results]};
        Errors -> {error, Errors}
    end.

diagnostics_text(File, Found) ->
    Errors = [D || #{severity := <<"error">>} = D <- Found],
    Lines = [
        io_lib:format("stdlib/src/~ts:~b:~b: ~ts", [File, Line, Column, Message])
     || #{line := Line, column := Column, message := Message} <- Errors
    ],
    unicode:characters_to_binary(lists:join("\n", Lines)).

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
