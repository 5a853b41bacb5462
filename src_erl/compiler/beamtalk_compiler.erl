%%% @doc Beamtalk source → Core Erlang → loaded code: the public calls of the compiler.
%%%
%%% The one module other parts of the system call; it neither knows nor says whether a library in the node or a process beside it does the
%%% work. Needs nothing but `kernel', `stdlib', `compiler' and its own application: no runtime, no workspace.
%%%
%%% For any binary the answer has the documented shape: trouble of any kind is a diagnostic, never an exit.
-module(beamtalk_compiler).

%% API: source to Core Erlang
-export([compile/2, compile_expression/3, compile_expression/4, compile_method/3, diagnostics/1, diagnostics/2]).
%% API: Core Erlang to code
-export([compile_core_erlang/1, compile_core_erlang/2, load/2]).
%% API: questions
-export([version/0, backend/0, capabilities/0, doc/1, doc/2, format/1, format/2, is_complete/1, show/3]).

-type options() :: #{atom() => term()}.
-type compiled() :: #{core_erlang := binary(), diagnostics := [beamtalk_compiler_backend:diagnostic()], atom() => term()}.
-type failed() :: beamtalk_compiler_backend:failed().
-type stage() :: tokens | ast | hir | core | bytecode.

-export_type([options/0, compiled/0, failed/0, stage/0]).

%% @doc Compiles a file or class. The second argument is the module's name, or a map of options.
%% With `emit => [core, beam]' the result holds the compiled module under `beam' as well; with `source_map' among them the
%% places of the methods: `[{Line, StartByte, EndByte, Class, Selector}]' in the order of the source, the class of a class method as `Counter class'.
-spec compile(binary(), binary() | options()) -> {ok, compiled()} | {error, failed()}.
compile(Source, NameOrOptions) ->
    Result = emit(NameOrOptions, beamtalk_compiler_backend:compile(Source, NameOrOptions)),
    with_source_map(NameOrOptions, Source, Result).

%% @doc Compiles workspace input: an expression that may read `KnownVars', a class definition or a method definition.
-spec compile_expression(binary(), binary(), [binary()]) -> {ok, compiled()} | {error, failed()}.
compile_expression(Source, ModuleName, KnownVars) ->
    beamtalk_compiler_backend:compile_expression(Source, ModuleName, KnownVars).

-spec compile_expression(binary(), binary(), [binary()], options()) -> {ok, compiled()} | {error, failed()}.
compile_expression(Source, ModuleName, KnownVars, Options) ->
    emit(Options, beamtalk_compiler_backend:compile_expression(Source, ModuleName, KnownVars, Options)).

%% @doc Compiles a class with one method replaced or added, given as `Counter >> increment => ...'.
-spec compile_method(binary(), binary(), options()) -> {ok, compiled()} | {error, failed()}.
compile_method(ClassSource, MethodSource, Options) when is_binary(ClassSource), is_binary(MethodSource), is_map(Options) ->
    Fields = beamtalk_compiler_backend:with_options(#{class_source => ClassSource, source => MethodSource}, Options),
    Reply = beamtalk_compiler_backend:request(compile_method, Fields),
    emit(Options, beamtalk_compiler_backend:result(module, Reply)).

%% @doc What there is to say about a source. No code is generated.
-spec diagnostics(binary()) -> {ok, [beamtalk_compiler_backend:diagnostic()]}.
diagnostics(Source) ->
    beamtalk_compiler_backend:diagnostics(Source).

-spec diagnostics(binary(), options()) -> {ok, [beamtalk_compiler_backend:diagnostic()]}.
diagnostics(Source, Options) ->
    beamtalk_compiler_backend:diagnostics(Source, Options).

%% @doc Core Erlang text → a module that can be loaded. Needs no backend.
-spec compile_core_erlang(binary()) -> {ok, module(), binary()} | {error, beamtalk_core_compiler:reason()}.
compile_core_erlang(Core) ->
    compile_core_erlang(Core, #{}).

-spec compile_core_erlang(binary(), beamtalk_core_compiler:options()) ->
    {ok, module(), binary()} | {error, beamtalk_core_compiler:reason()}.
compile_core_erlang(Core, Options) when is_binary(Core), is_map(Options) ->
    beamtalk_core_compiler:compile(Core, Options).

%% @doc Compiles a class and loads it into this node.
-spec load(binary(), options()) ->
    {ok, #{module := module(), classes := [atom()], diagnostics := [beamtalk_compiler_backend:diagnostic()]}}
    | {error, failed()}.
load(Source, Options) when is_binary(Source), is_map(Options) ->
    case compile(Source, Options#{emit => [core, beam]}) of
        {ok, #{beam := Beam, module_name := Name, classes := Classes, diagnostics := Found}} ->
            Module = binary_to_atom(Name),
            File = unicode:characters_to_list(maps:get(path, Options, <<Name/binary, ".beam">>)),
            case load_module(Module, File, Beam) of
                {ok, Killed} ->
                    Names = [binary_to_atom(Class) || #{name := Class} <- Classes],
                    {ok, #{module => Module, classes => Names, diagnostics => Found ++ Killed}};
                {error, Reason} ->
                    {error, #{diagnostics => [refused(Name, Reason)]}}
            end;
        {error, _} = Error ->
            Error
    end.

%% The version before the one that runs now goes; processes that still run it are killed, and that is said.
load_module(Module, File, Beam) ->
    beamtalk_load_lock:run(Module, fun() -> replace_module(Module, File, Beam) end).

replace_module(Module, File, Beam) ->
    Killed =
        case code:soft_purge(Module) of
            true -> [];
            false -> old_code_warning(Module)
        end,
    _ = code:purge(Module),
    case code:load_binary(Module, File, Beam) of
        {module, Module} -> {ok, Killed};
        {error, Reason} -> {error, Reason}
    end.

old_code_warning(Module) ->
    Users = [Pid || Pid <- processes(), erlang:check_process_code(Pid, Module) =:= true],
    Text = io_lib:format("Processes that still ran an older version of ~ts were stopped: ~tp", [Module, Users]),
    Warning = beamtalk_compiler_backend:failure(<<"load/old-code">>, unicode:characters_to_binary(Text), undefined),
    [Warning#{severity => <<"warning">>}].

refused(Name, Reason) ->
    Text = io_lib:format("Module ~ts was refused when it was loaded: ~tp", [Name, Reason]),
    beamtalk_compiler_backend:failure(<<"load/refused">>, unicode:characters_to_binary(Text), undefined).

%% @doc The version of the compiler, also while none is reachable.
-spec version() -> binary().
version() ->
    beamtalk_compiler_backend:version().

-spec backend() -> beamtalk_compiler_backend:backend().
backend() ->
    beamtalk_compiler_backend:backend().

-spec capabilities() -> map().
capabilities() ->
    beamtalk_compiler_backend:capabilities().

%% @doc Classes of a source with their documentation, signatures and examples.
-spec doc(binary()) -> {ok, [map()]} | {error, failed()}.
doc(Source) ->
    doc(Source, #{}).

-spec doc(binary(), options()) -> {ok, [map()]} | {error, failed()}.
doc(Source, Options) when is_binary(Source), is_map(Options) ->
    Fields = beamtalk_compiler_backend:with_options(#{source => Source}, Options),
    case beamtalk_compiler_backend:result(module, beamtalk_compiler_backend:request(doc, Fields)) of
        {ok, #{classes := Classes}} -> {ok, Classes};
        {ok, _} -> {ok, []};
        {error, _} = Error -> Error
    end.

%% @doc The source laid out anew: other white space, nothing else. A source with syntax errors is refused with its diagnostics.
-spec format(binary()) -> {ok, binary()} | {error, failed()}.
format(Source) ->
    format(Source, #{}).

-spec format(binary(), options()) -> {ok, binary()} | {error, failed()}.
format(Source, Options) when is_binary(Source), is_map(Options) ->
    Fields = beamtalk_compiler_backend:with_options(#{source => Source}, Options),
    case beamtalk_compiler_backend:result(module, beamtalk_compiler_backend:request(format, Fields)) of
        {ok, #{source := Formatted}} -> {ok, Formatted};
        {error, _} = Error -> Error
    end.

%% @doc Is this input complete, or should a prompt ask for another line?
-spec is_complete(binary()) -> boolean().
is_complete(Source) when is_binary(Source) ->
    case beamtalk_compiler_backend:request(is_complete, #{source => Source}) of
        #{complete := Complete} -> Complete;
        %% Nothing to ask: let the text through, so that the trouble shows.
        _ -> true
    end.

%% @doc One stage of the compilation as text, for people.
-spec show(stage(), binary(), options()) ->
    {ok, #{text := binary(), diagnostics := [beamtalk_compiler_backend:diagnostic()]}} | {error, failed()}.
show(Stage, Source, Options) when is_atom(Stage), is_binary(Source), is_map(Options) ->
    Fields = beamtalk_compiler_backend:with_options(#{source => Source, stage => Stage}, Options),
    case beamtalk_compiler_backend:result(module, beamtalk_compiler_backend:request(show, Fields)) of
        {ok, Shown} -> {ok, maps:with([text, diagnostics], Shown)};
        {error, _} = Error -> Error
    end.

%% Core Erlang that OTP refuses is a mistake of ours, not of the source.
emit(#{emit := Emit} = Options, {ok, #{core_erlang := Core} = Compiled}) when Core =/= <<>> ->
    case lists:member(beam, Emit) of
        true ->
            case beamtalk_core_compiler:compile(Core, maps:get(core_options, Options, #{})) of
                {ok, _Module, Beam} -> {ok, Compiled#{beam => Beam}};
                {error, Reason} -> {error, #{diagnostics => [core_failure(Reason)]}}
            end;
        false ->
            {ok, Compiled}
    end;
emit(_, Result) ->
    Result.

with_source_map(#{emit := Emit}, Source, {ok, #{classes := Classes} = Compiled}) ->
    case lists:member(source_map, Emit) of
        true -> {ok, Compiled#{source_map => lists:keysort(2, [place(M, C, Source) || #{methods := Ms} = C <- Classes, M <- Ms])}};
        false -> {ok, Compiled}
    end;
with_source_map(_, _, Result) ->
    Result.

place(#{selector := Selector, side := Side, start := Start, 'end' := End}, #{name := Class}, Source) ->
    Line = 1 + length(binary:matches(Source, <<"\n">>, [{scope, {0, Start}}])),
    Owner =
        case Side of
            instance -> Class;
            class -> <<Class/binary, " class">>
        end,
    {Line, Start, End, Owner, Selector}.

core_failure(Reason) ->
    {Code, Why} =
        case beamtalk_core_compiler:is_resource_limit(Reason) of
            true -> {<<"limit/code">>, "The generated code is too large to compile"};
            false -> {<<"internal">>, "Internal compiler error: generated code was refused. Please report this"}
        end,
    Text = [Why, "\n", beamtalk_core_compiler:format_error(Reason)],
    beamtalk_compiler_backend:failure(Code, unicode:characters_to_binary(Text), undefined).
