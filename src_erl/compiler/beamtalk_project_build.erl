%%% @doc Compiles the sources of a project, each to one module, and only those that need it.
%%%
%%% Belongs to the compiler room; called by `beamtalk build'. What was true when a module was made stands in the module itself, as its
%%% attribute `beamtalk': hash of the source, stamp of compiler and options, the classes of the file, and the hashes of the interfaces of the
%%% classes it uses. So there is no state beside the outputs that could disagree with them; every output is written beside its place and
%%% renamed, and a build that is killed has finished some modules and not begun others.
%%%
%%% Two passes: (1) files that changed are read for their classes, the others tell theirs; (2) every file is compiled whose text, stamp or
%%% used interfaces changed. An interface is a class without its method bodies, texts and documentation. A file uses the classes whose names
%%% it mentions, and the project's classes that their interfaces mention; the compiler is told of no others, so it cannot use others.
-module(beamtalk_project_build).

-export([build/2]).

-export_type([unit/0, options/0, result/0, class/0]).

-type unit() :: #{
    module := binary(),
    file := file:filename_all(),
    %% Where the module says it comes from: below the project, so that the output does not depend on where the project lies.
    path := binary()
}.
-type options() :: #{
    output := file:filename(),
    %% Travel to the compiler: `allow_primitives', `stdlib_mode'.
    compile => map(),
    %% For turning Core Erlang into code.
    core => beamtalk_core_compiler:options(),
    %% Classes that are not compiled here: those of packages this one needs.
    known => [map()],
    %% The output holds modules of other sources too, and they stay.
    shared => boolean(),
    %% Compile everything.
    force => boolean(),
    %% Leave the Core Erlang beside the code.
    emit_core => boolean(),
    %% Called once if there is anything to compile, before it is.
    start => fun((Files :: non_neg_integer()) -> term()),
    %% Called when a file is done.
    step => fun(() -> term())
}.
-type class() :: {Module :: binary(), Class :: binary(), Superclass :: binary()}.
-type found() :: {file:filename_all(), Source :: binary(), [beamtalk_compiler_backend:diagnostic()]}.
-type result() :: #{
    compiled := [binary()],
    kept := non_neg_integer(),
    removed := [binary()],
    %% Files with errors, and warnings of the files that were compiled.
    failed := [found()],
    warnings := [found()],
    unreadable := [{file:filename_all(), atom()}],
    classes := [class()],
    %% What others need to know of them.
    interfaces := [map()],
    %% Classes defined in several files, with their modules.
    duplicates := [{binary(), [binary()]}]
}.

%% What a module was made from.
-type made() :: #{
    stamp := binary(), source := binary(), needs := binary(), uses := [binary()], mentions := [binary()], classes := [map()]
}.

-record(file, {
    unit :: unit(),
    source :: binary(),
    hash :: binary(),
    made :: made() | none,
    mentions = [] :: [binary()],
    classes = [] :: [map()]
}).

%% Temporary files of a build that was killed; younger ones may be another build's.
-define(ABANDONED_S, 60).

-spec build([unit()], options()) -> result().
build(Units, #{output := Out} = Options) ->
    Stamp = stamp({lists:sort(maps:to_list(maps:get(compile, Options, #{}))), maps:get(core, Options, none)}),
    Made = made_below(Out),
    {Files, Unreadable} = read(Units, Made, Stamp),
    Changed = [File || #file{made = none} = File <- Files],
    _ = Changed =/= [] andalso begin_work(Changed, Options),
    compile(parsed(Files, Options), Unreadable, Made, Stamp, Options).

begin_work(Files, Options) ->
    {ok, _} = application:ensure_all_started(beamtalk_compiler),
    (maps:get(start, Options, fun(_) -> ok end))(length(Files)).

%%% Pass 1: what each file is

read(Units, Made, Stamp) ->
    %% A process gets a copy of all that its work mentions, so each is given its own part only.
    Parts = [{Unit, maps:get(Module, Made, none)} || #{module := Module} = Unit <- Units],
    Results = beamtalk_parallel:map(fun({Unit, Before}) -> read_unit(Unit, Before, Stamp) end, Parts),
    {[File || #file{} = File <- Results], [Error || {_, _} = Error <- Results]}.

read_unit(#{file := File} = Unit, Made, Stamp) ->
    case file:read_file(File) of
        {ok, Source} ->
            Hash = erlang:md5(Source),
            case Made of
                #{stamp := Stamp, source := Hash, mentions := Mentions, classes := Classes} ->
                    #file{unit = Unit, source = Source, hash = Hash, made = Made, mentions = Mentions, classes = Classes};
                _ ->
                    #file{unit = Unit, source = Source, hash = Hash, made = none}
            end;
        {error, Reason} ->
            {File, Reason}
    end.

parsed(Files, Options) ->
    Compile = maps:get(compile, Options, #{}),
    {New, Old} = lists:partition(fun(#file{made = Made}) -> Made =:= none end, Files),
    %% In a fixed order: of a class that is defined twice the last one counts.
    by_path(Old ++ beamtalk_parallel:map(fun(File) -> parse(File, Compile) end, New)).

by_path(Files) ->
    [File || {_, File} <- lists:keysort(1, [{Path, File} || #file{unit = #{path := Path}} = File <- Files])].

%% What cannot be read here is compiled, and then its mistakes are told.
parse(#file{source = Source, unit = #{module := Module}} = File, Compile) ->
    Classes =
        case beamtalk_compiler:doc(Source, maps:with([stdlib_mode], Compile)) of
            {ok, All} -> [interface(Class, Module) || Class <- All];
            {error, _} -> []
        end,
    Own = [Name || #{name := Name} <- Classes],
    File#file{mentions = beamtalk_class_uses:mentioned(Source) -- Own, classes = Classes}.

interface(#{methods := Methods} = Class, Module) ->
    Signatures = [maps:without([doc, source, start, 'end'], Method) || Method <- Methods],
    maps:without([doc, examples], Class#{module => Module, methods => lists:sort(Signatures)}).

%%% Pass 2

compile(Files, Unreadable, Made, Stamp, #{output := Out} = Options) ->
    Own = [Class || #file{classes = Classes} <- Files, Class <- Classes],
    Interfaces = maps:from_list([{Name, Class} || #{name := Name} = Class <- maps:get(known, Options, []) ++ Own]),
    Graph = beamtalk_class_uses:graph(maps:values(Interfaces)),
    Digests = maps:map(fun(_, Class) -> erlang:md5(term_to_binary(Class)) end, Interfaces),
    Planned = [planned(File, Graph, Digests, Options) || File <- Files],
    Stale = [{File, Needs, maps:with(Uses, Interfaces)} || {stale, File, Uses, Needs} <- Planned],
    _ = Stale =/= [] andalso [] =:= [F || #file{made = none} = F <- Files] andalso begin_work(Stale, Options),
    Results = beamtalk_parallel:map(fun({File, Needs, Used}) -> carry_out(File, Needs, Used, Stamp, Options) end, Stale),
    Failed = [Found || {failed, Found} <- Results],
    Modules = [Module || #file{unit = #{module := Module}} <- Files],
    Removed =
        case maps:get(shared, Options, false) of
            true -> [];
            false -> remove_others(Out, Made, Modules, Unreadable)
        end,
    #{
        compiled => [Module || {compiled, Module, _} <- Results],
        kept => length(Files) - length(Stale),
        removed => Removed,
        failed => Failed,
        warnings => [Found || {compiled, _, {_, _, [_ | _]} = Found} <- Results],
        unreadable => Unreadable,
        classes => lists:sort([
            {Module, Name, Superclass}
         || #file{classes = Classes} <- Files, #{name := Name, superclass := Superclass, module := Module} <- Classes
        ]),
        interfaces => Own,
        duplicates => beamtalk_load_order:duplicates([
            {Name, <<"none">>, Module}
         || #file{classes = Classes} <- Files, #{name := Name, module := Module} <- Classes
        ])
    }.

planned(#file{mentions = Mentions, made = Made, unit = #{module := Module}} = File, Graph, Digests, #{output := Out} = Options) ->
    Uses = beamtalk_class_uses:reached(Mentions, Graph),
    Needs = erlang:md5(term_to_binary([{Name, maps:get(Name, Digests)} || Name <- Uses])),
    Forced = maps:get(force, Options, false),
    Core = maps:get(emit_core, Options, false),
    case Made of
        #{needs := Needs} when not Forced ->
            case not Core orelse filelib:is_regular(core_file(Out, Module)) of
                true -> kept;
                false -> {stale, File, Uses, Needs}
            end;
        _ ->
            {stale, File, Uses, Needs}
    end.

carry_out(#file{unit = Unit, source = Source} = File, Needs, Used, Stamp, Options) ->
    #{module := Module, path := Path, file := Name} = Unit,
    Asked = (maps:get(compile, Options, #{}))#{
        module_name => Module,
        path => Path,
        workspace_mode => false,
        known_classes => Used,
        emit => [core, beam],
        core_options => maps:merge(#{optimise => true, debug_info => true}, maps:get(core, Options, #{}))
    },
    Result = beamtalk_compiler:compile(Source, Asked),
    _ = (maps:get(step, Options, fun() -> ok end))(),
    case Result of
        {ok, #{beam := Beam, diagnostics := Found} = Compiled} ->
            What = made(File, lists:sort(maps:keys(Used)), Needs, Stamp),
            case write(Module, with_attribute(Beam, What), Compiled, Options) of
                ok -> {compiled, Module, {Name, Source, Found}};
                {error, Reason} -> {failed, {Name, Source, [unwritable(Module, Reason, Options)]}}
            end;
        {error, #{diagnostics := Found}} ->
            {failed, {Name, Source, Found}}
    end.

unwritable(Module, Reason, #{output := Out}) ->
    Text = ["Cannot write '", beam_file(Out, Module), "': ", file:format_error(Reason)],
    beamtalk_compiler_backend:failure(<<"internal">>, unicode:characters_to_binary(Text), undefined).

made(#file{hash = Hash, mentions = Mentions, classes = Classes}, Uses, Needs, Stamp) ->
    #{stamp => Stamp, source => Hash, needs => Needs, uses => Uses, mentions => Mentions, classes => Classes}.

%%% Outputs

write(Module, Beam, #{core_erlang := Core}, #{output := Out} = Options) ->
    Target = beam_file(Out, Module),
    case filelib:ensure_dir(Target) of
        ok ->
            _ = maps:get(emit_core, Options, false) andalso beamtalk_parallel:write_file(core_file(Out, Module), Core),
            beamtalk_parallel:write_file(Target, Beam);
        {error, _} = Error ->
            Error
    end.

beam_file(Out, Module) ->
    filename:join(Out, binary_to_list(Module) ++ ".beam").

core_file(Out, Module) ->
    filename:join(Out, binary_to_list(Module) ++ ".core").

with_attribute(Beam, What) ->
    {ok, _, Chunks} = beam_lib:all_chunks(Beam),
    {"Attr", Attributes} = lists:keyfind("Attr", 1, Chunks),
    More = term_to_binary(binary_to_term(Attributes) ++ [{beamtalk, [What]}]),
    {ok, Changed} = beam_lib:build_module(lists:keyreplace("Attr", 1, Chunks, {"Attr", More})),
    Changed.

%% Of every module below the output that a build has made: from what.
made_below(Out) ->
    Files = filelib:wildcard("*.beam", Out),
    Read = beamtalk_parallel:map(fun(Name) -> {Name, made_of(filename:join(Out, Name))} end, Files),
    maps:from_list([{list_to_binary(filename:basename(Name, ".beam")), Made} || {Name, #{} = Made} <- Read]).

made_of(File) ->
    try
        {ok, {_, [{"Attr", Attributes}]}} = beam_lib:chunks(File, ["Attr"]),
        {beamtalk, [#{stamp := _, source := _, needs := _, mentions := _, classes := _} = Made]} =
            lists:keyfind(beamtalk, 1, binary_to_term(Attributes)),
        Made
    catch
        %% Not ours, or damaged: it is made again if there is a source for it, else left alone.
        error:_ -> none
    end.

%% Outputs without source go. Those of files that could not be read stay.
remove_others(Out, Made, Modules, []) ->
    Gone = lists:sort(maps:keys(Made) -- Modules),
    _ = [file:delete(File) || Module <- Gone, File <- [beam_file(Out, Module), core_file(Out, Module)]],
    Now = os:system_time(second),
    _ = [file:delete(File) || File <- filelib:wildcard(filename:join(Out, "*.tmp")), Now - changed(File) > ?ABANDONED_S],
    Gone;
remove_others(_, _, _, _) ->
    [].

changed(File) ->
    case file:read_file_info(File, [{time, posix}]) of
        %% Field `mtime' of the record `file_info'.
        {ok, Info} -> element(6, Info);
        {error, _} -> os:system_time(second)
    end.

%% Changes when the compiler or the options change.
stamp(Compile) ->
    Root = filename:dirname(filename:dirname(code:which(?MODULE))),
    Native = [Content || {ok, Content} <- [file:read_file(filename:join([Root, "priv", "native", "compiler.md5"]))]],
    Halves = [Module:module_info(md5) || Module <- [beamtalk_core_compiler, beamtalk_core_scan, ?MODULE]],
    erlang:md5(term_to_binary({beamtalk_compiler_backend:application_version(), Native, Halves, Compile})).
