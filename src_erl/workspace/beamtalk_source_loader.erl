%%% @doc From class files to loaded classes: compile, load, register, hand live actors over.
%%%
%%% Files that come together know each other: first each is read for its class, then they are compiled side by side with that
%%% knowledge, then loaded, superclasses first. Called by sessions, the test runners and the command line.
-module(beamtalk_source_loader).

%% Loading
-export([source/2, file/1, file/2, files/2, dir/1, dir/2, patch/2]).
%% Parts of it
-export([make_late_bound/1, load_compiled/3, read/2, duplicates/1, sources_below/1, module_of_file/1]).

-export_type([loaded/0, options/0, summary/0, read/0]).

-type options() :: #{
    %% Shown in messages and stack traces.
    path => binary(),
    module_name => binary(),
    stdlib_mode => boolean(),
    %% Names the module by a rule of the caller's instead of after the class.
    module_of => fun((file:filename_all()) -> binary()),
    atom() => term()
}.
-type loaded() :: #{
    class := atom() | none,
    module := module(),
    warnings := [binary()],
    diagnostics := [beamtalk_compiler_backend:diagnostic()],
    migrated := non_neg_integer(),
    failed := [{pid(), term()}],
    pending := [pid()],
    %% Methods that have another text now.
    swapped => [beamtalk_method_versions:change()]
}.
-type summary() :: #{
    loaded := [{file:filename_all(), loaded()}],
    failed := [{file:filename_all(), beamtalk_failure:failure()}],
    warnings := [binary()]
}.
%% A file with what is known of it before it is compiled.
-type read() :: #{
    file := file:filename_all(), source := binary(), path := binary(), options := options(), classes := [map()]
}.

%%% Loading

%% @doc Compiles and loads one class text.
-spec source(binary(), options()) -> {ok, loaded()} | {error, beamtalk_failure:failure()}.
source(Source, Options) ->
    source(Source, Options, beamtalk_class_index:known()).

source(Source, Options, Known) ->
    case compile(Source, Options, Known) of
        {ok, Compiled} -> load_compiled(Compiled, maps:get(path, Options, <<"<editor>">>), Options);
        {error, Failure} -> {error, Failure}
    end.

compile(Source, Options, Known) ->
    Asked = maps:with(
        [path, module_name, stdlib_mode, allow_primitives, workspace_mode, suppress_warnings, late_bound, core_options], Options
    ),
    case beamtalk_compiler:compile(Source, Asked#{known_classes => Known, emit => [core, beam]}) of
        {ok, Compiled} -> {ok, Compiled};
        {error, #{diagnostics := Found}} -> {error, {compile, Found}}
    end.

%% @doc Loads what the compiler answered.
-spec load_compiled(map(), binary(), options()) -> {ok, loaded()} | {error, beamtalk_failure:failure()}.
load_compiled(#{beam := Beam, module_name := Name, classes := Classes, diagnostics := Found}, Path, _Options) ->
    File = unicode:characters_to_list(Path),
    Before = texts_before(Classes),
    case beamtalk_loader:load(binary_to_atom(Name), Beam, #{file => File}) of
        {ok, #{warnings := Warnings} = Loaded} ->
            ok = remember(Loaded, Classes),
            ok = renew_below(Loaded),
            ok = late_bound(Loaded),
            Texts = [Message || #{severity := Severity, message := Message} <- Found, Severity =/= <<"error">>],
            {ok, Loaded#{warnings := Texts ++ Warnings, diagnostics => Found, swapped => swapped(Loaded, Before)}};
        {error, Error} ->
            {error, beamtalk_failure:refused(Error)}
    end.

texts_before([#{name := Name} | _]) ->
    case beamtalk_class_registry:named(Name) of
        {ok, Class} -> beamtalk_method_versions:texts(Class);
        error -> []
    end;
texts_before([]) ->
    [].

swapped(#{class := none}, _) -> [];
swapped(#{class := Class}, Before) -> beamtalk_method_versions:changed(Class, Before).

%% Classes below are made again from their own text when their inherited methods were bound past this one, or when they were
%% compiled before this one was known and so for instances of the wrong kind.
renew_below(#{class := none}) ->
    ok;
renew_below(#{class := Class}) ->
    Kind = beamtalk_class_registry:kind_of(Class),
    Misjudged = [Sub || Sub <- beamtalk_class_registry:subclasses(Class), beamtalk_class_registry:kind_of(Sub) =/= Kind],
    lists:foreach(fun renew/1, lists:usort(Misjudged ++ beamtalk_delegates:stale(Class))).

%% The class may come below an extension that its code is bound past.
late_bound(#{class := none}) -> ok;
late_bound(#{class := Class}) -> beamtalk_extensions:late_bound(Class).

%% @doc Makes a class again with all its messages looked up when they are sent.
-spec make_late_bound(atom()) -> ok.
make_late_bound(Class) ->
    case renew(Class, #{late_bound => true}) of
        {error, Failure} -> beamtalk_log:log(warning, runtime, #{event => not_late_bound, class => Class, failure => Failure});
        _ -> ok
    end.

renew(Class) -> renew(Class, #{}).

renew(Class, Extra) ->
    case beamtalk_class_registry:meta(Class) of
        #{source := Source, module := Module} = Meta ->
            Path = maps:get(file, Meta, nil),
            Options = Extra#{module_name => atom_to_binary(Module), suppress_warnings => true},
            Located = if is_binary(Path) -> Options#{path => Path}; true -> Options end,
            %% Nobody loaded this class again: what was added to it stays.
            beamtalk_extensions:keeping(Class, fun() -> source(Source, Located) end);
        _ ->
            ok
    end.

remember(#{class := none}, _) -> ok;
remember(#{class := Class}, [Info | _]) -> beamtalk_class_index:remember(Class, Info);
remember(_, []) -> ok.

-spec file(file:filename_all()) -> {ok, loaded()} | {error, beamtalk_failure:failure()}.
file(File) ->
    file(File, #{}).

-spec file(file:filename_all(), options()) -> {ok, loaded()} | {error, beamtalk_failure:failure()}.
file(File, Options) ->
    case files([File], Options) of
        #{loaded := [{_, #{warnings := Own} = Loaded}], warnings := Warnings} -> {ok, Loaded#{warnings := Own ++ Warnings}};
        #{failed := [{_, Failure}]} -> {error, Failure}
    end.

-spec dir(file:filename_all()) -> summary().
dir(Dir) ->
    dir(Dir, #{}).

%% @doc Loads every class file below the directory.
-spec dir(file:filename_all(), options()) -> summary().
dir(Dir, Options) ->
    files(sources_below(Dir), Options).

%% @doc Loads class files that may refer to each other. A file that fails does not keep the others from being loaded.
-spec files([file:filename_all()], options()) -> summary().
files(Files, Options) ->
    Results = [{File, read(File, Options)} || File <- Files],
    Read = [Unit || {_, {ok, Unit}} <- Results],
    Unreadable = [{File, Failure} || {File, {error, Failure}} <- Results],
    Known = beamtalk_class_uses:graph(beamtalk_class_index:known(lists:append([Classes || #{classes := Classes} <- Read]))),
    Asked = [{Unit, beamtalk_class_uses:told(Source, Known)} || #{source := Source} = Unit <- Read],
    Compiled = beamtalk_parallel:map(
        fun({#{source := Source, options := Own} = Unit, Told}) -> {Unit, compile(Source, Own, Told)} end, Asked
    ),
    Ordered = ordered(Compiled),
    {Loaded, Failed} = lists:foldl(fun load_unit/2, {[], []}, Ordered),
    Given = fun(Pairs) -> [Pair || F <- Files, {File, _} = Pair <- Pairs, File =:= F] end,
    #{
        loaded => Given(Loaded),
        failed => Given(Unreadable ++ Failed),
        warnings => duplicates(Read)
    }.

load_unit({#{file := File, path := Path, options := Options}, {ok, Compiled}}, {Loaded, Failed}) ->
    case load_compiled(Compiled, Path, Options) of
        {ok, One} -> {[{File, One} | Loaded], Failed};
        {error, Failure} -> {Loaded, [{File, Failure} | Failed]}
    end;
load_unit({#{file := File}, {error, Failure}}, {Loaded, Failed}) ->
    {Loaded, [{File, Failure} | Failed]}.

ordered(Compiled) ->
    Entries = [{class_of(Unit), superclass_of(Unit), Pair} || {Unit, _} = Pair <- Compiled],
    [Pair || {_, _, Pair} <- beamtalk_load_order:superclasses_first(Entries)].

class_of(#{classes := [#{name := Name} | _]}) -> Name;
class_of(#{path := Path}) -> Path.

superclass_of(#{classes := [#{superclass := Superclass} | _]}) when is_binary(Superclass) -> Superclass;
superclass_of(_) -> <<"none">>.

entries(Read) ->
    [{Name, <<"none">>, {maps:get(module, Info, undefined), Path}} || #{classes := Classes, path := Path} <- Read, #{name := Name} = Info <- Classes].

%% @doc Of classes that several of the files define: which one counts.
-spec duplicates([read()]) -> [binary()].
duplicates(Read) ->
    [collision(Name, Places) || {Name, Places} <- beamtalk_load_order:duplicates(entries(Read))].

%% Modules that are called after the class do not tell the files apart.
collision(Class, Places) ->
    Modules = lists:usort([Module || {Module, _} <- Places]),
    Names =
        case length(Modules) < length(Places) of
            true -> [Path || {_, Path} <- Places];
            false -> [atom_or_text(Module) || {Module, _} <- Places]
        end,
    Text = io_lib:format(
        "class '~ts' is defined in both '~ts' and '~ts'; using '~ts' for cross-file dispatch",
        [Class, hd(Names), lists:last(Names), lists:last(Names)]
    ),
    unicode:characters_to_binary(Text).

atom_or_text(Text) when is_binary(Text) -> Text;
atom_or_text(Other) -> atom_to_binary(Other).

%%% Reading

%% @doc The file with the classes it defines.
-spec read(file:filename_all(), options()) -> {ok, read()} | {error, beamtalk_failure:failure()}.
read(File, Options) ->
    case file:read_file(File) of
        {ok, Source} ->
            Path = maps:get(path, Options, unicode:characters_to_binary(File)),
            Own = named(File, library_options(Path, Options#{path => Path})),
            {ok, #{file => File, source => Source, path => Path, options => Own, classes => classes(Source, Own)}};
        {error, enoent} ->
            {error, beamtalk_failure:simple(["File not found: ", File])};
        {error, Reason} ->
            {error, beamtalk_failure:simple(["Failed to read file: ", file:format_error(Reason)])}
    end.

%% Files of a library tree may define primitives.
library_options(Path, Options) ->
    case binary:match(Path, <<"stdlib/src/">>) of
        nomatch -> Options;
        _ -> Options#{stdlib_mode => true}
    end.

named(_File, #{module_name := _} = Options) ->
    Options;
named(File, #{module_of := Rule} = Options) ->
    Options#{module_name => Rule(File)};
named(_File, Options) ->
    Options.

%% @doc Module of a file outside any package. Names that cannot be module names are left to the class.
-spec module_of_file(file:filename_all()) -> {ok, binary()} | error.
module_of_file(File) ->
    Stem = unicode:characters_to_binary(filename:basename(File, ".bt")),
    case re:run(Stem, "^[A-Za-z0-9_]+$", [{capture, none}]) of
        match -> {ok, <<"bt@", (beamtalk_selector:snake(Stem))/binary>>};
        nomatch -> error
    end.

classes(Source, Options) ->
    case beamtalk_compiler:doc(Source, maps:with([stdlib_mode], Options)) of
        {ok, Classes} -> [located(maps:without([doc, examples], Class), Options) || Class <- Classes];
        {error, _} -> []
    end.

located(Class, #{module_name := Module}) -> Class#{module => Module};
located(#{name := Name} = Class, _) -> Class#{module => <<"bt@", (beamtalk_selector:snake(Name))/binary>>}.

%% @doc Every source below a directory in path order; hidden ones, links and what builds leave behind are left out.
-spec sources_below(file:filename_all()) -> [file:filename()].
sources_below(Dir) ->
    lists:append([entry(filename:join(Dir, Name)) || Name <- listing(Dir), hd(Name) =/= $., Name =/= "_build"]).

listing(Dir) ->
    case file:list_dir(Dir) of
        {ok, Names} -> lists:sort(Names);
        {error, _} -> []
    end.

entry(Path) ->
    case {is_link(Path), filelib:is_dir(Path), filename:extension(Path)} of
        {true, _, _} -> [];
        {false, true, _} -> sources_below(Path);
        {false, false, ".bt"} -> [Path];
        _ -> []
    end.

is_link(Path) ->
    case file:read_link_info(Path) of
        {ok, Info} -> element(3, Info) =:= symlink;
        {error, _} -> false
    end.

%%% Patching

%% @doc Puts a method into a loaded class: the class's source with the method behind it is compiled and loaded again.
%% The source must not change in between, or that change would be undone: whoever else loads or patches the class waits.
-spec patch(Class :: binary(), Method :: binary()) -> {ok, loaded()} | {error, beamtalk_failure:failure()}.
patch(ClassName, Method) ->
    case held_source(ClassName) of
        {ok, _, #{module := Module}} -> beamtalk_load_lock:run(Module, fun() -> patch_held(ClassName, Method) end);
        error -> patch_held(ClassName, Method)
    end.

patch_held(ClassName, Method) ->
    case held_source(ClassName) of
        {ok, Class, #{source := Source, module := Module} = Meta} ->
            Options = #{
                module_name => atom_to_binary(Module),
                path => path_of(Meta),
                stdlib_mode => beamtalk_class_registry:is_stdlib(Class),
                known_classes => beamtalk_class_index:known(),
                emit => [core, beam]
            },
            patched(beamtalk_compiler:compile_method(Source, Method, Options), maps:get(path, Options));
        error ->
            {error, beamtalk_failure:simple(cannot_patch(ClassName))}
    end.

cannot_patch(ClassName) ->
    case beamtalk_class_registry:named(ClassName) of
        {ok, _} -> ["Class ", ClassName, " has no source. Register it again with the method, as it was made by a ClassBuilder."];
        error -> ["Class not found: ", ClassName, ". Define the class first before adding methods."]
    end.

patched({ok, Compiled}, Path) -> load_compiled(Compiled, Path, #{});
patched({error, #{diagnostics := Found}}, _) -> {error, {compile, Found}}.

held_source(ClassName) ->
    case beamtalk_class_registry:named(ClassName) of
        {ok, Class} ->
            case beamtalk_class_registry:meta(Class) of
                #{source := Source} = Meta when is_binary(Source), Source =/= <<>> -> {ok, Class, Meta};
                _ -> error
            end;
        error ->
            error
    end.

path_of(#{file := File}) when is_binary(File) -> File;
path_of(_) -> <<"<repl>">>.
