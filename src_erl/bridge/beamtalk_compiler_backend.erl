%%% @doc Which compiler answers, and the four calls every caller needs in their final shape.
%%%
%%% Belongs to the bridge; called by `beamtalk_compiler' and by the evaluator. Two implementations of the one callback: the library in the
%%% node (`beamtalk_compiler_nif') and the process beside it (`beamtalk_compiler_server'). The choice is made once, when the
%%% application starts, and belongs to the node; it is kept in a persistent term, so asking costs nothing.
%%%
%%% Whatever goes wrong between here and the compiler becomes a diagnostic; no call exits because of it.
-module(beamtalk_compiler_backend).

-include_lib("kernel/include/logger.hrl").

%% API: the choice
-export([start/0, stop/0, compiler_backend/0, backend/0, select/1, capabilities/0]).
%% API: requests
-export([compile/2, compile_expression/3, compile_expression/4, diagnostics/1, diagnostics/2, version/0]).
-export([request/2, request/3, with_options/2, result/2, failure/3, application_version/0]).

-export_type([choice/0, backend/0, failure/0, diagnostic/0, failed/0]).

-type choice() :: nif | port | auto.
-type backend() :: nif | port.
%% What can happen instead of a reply.
-type failure() ::
    {unavailable | timeout | crash | protocol | internal, binary()} | {too_large, non_neg_integer()}.
-type diagnostic() :: #{
    severity := binary(),
    message := binary(),
    code := binary(),
    start := non_neg_integer(),
    'end' := non_neg_integer(),
    line := pos_integer(),
    column := pos_integer(),
    %% A mechanical mend: what to write in place of these bytes of the source.
    edit => #{replacement := binary(), start := non_neg_integer(), 'end' := non_neg_integer(), atom() => pos_integer()},
    atom() => term()
}.
-type failed() :: #{diagnostics := [diagnostic(), ...]}.

%% One request; every key as `compiler-api' names it. The answer is the reply map as it came.
-callback request(Request :: map(), timeout()) -> {ok, Reply :: map()} | {error, failure()}.

-define(ACTIVE, {?MODULE, active}).
-define(DAEMON_WARNED, {?MODULE, daemon_warned}).
-define(REQUEST_MS, 30000).
-define(VERSION_MS, 5000).
-define(MAX_SOURCE, 16#1000000).

%% Options that travel with a request. Others are the business of this side.
-define(OPTIONS, [
    module_name, stdlib_mode, allow_primitives, workspace_mode, suppress_warnings, skip_checks, late_bound, class_module_index,
    class_superclass_index, known_classes, path, known_vars, mode
]).

%%% The choice

%% @doc Reads the configuration and settles on a backend for this node.
-spec start() -> ok.
start() ->
    select(compiler_backend()).

-spec stop() -> ok.
stop() ->
    _ = persistent_term:erase(?ACTIVE),
    ok.

%% @doc The configured choice: environment, application environment, default.
-spec compiler_backend() -> choice().
compiler_backend() ->
    case os:getenv("BEAMTALK_COMPILER") of
        "nif" -> nif;
        "port" -> port;
        "daemon" -> daemon_removed();
        Unset when Unset =:= false; Unset =:= "" -> configured();
        Other ->
            warn("unknown BEAMTALK_COMPILER value '~ts', using default", [Other]),
            configured()
    end.

configured() ->
    case application:get_env(beamtalk_compiler, backend, auto) of
        daemon -> daemon_removed();
        Choice when Choice =:= nif; Choice =:= port; Choice =:= auto -> Choice;
        Other ->
            warn("unknown backend ~tp, using default", [Other]),
            auto
    end.

daemon_removed() ->
    case persistent_term:get(?DAEMON_WARNED, false) of
        true ->
            port;
        false ->
            persistent_term:put(?DAEMON_WARNED, true),
            warn("daemon backend removed, using port", []),
            port
    end.

%% @doc Changes the backend of the running node. `nif' and `auto' end at the port when the library cannot be used.
-spec select(choice()) -> ok.
select(port) ->
    persistent_term:put(?ACTIVE, #{backend => port});
select(Choice) when Choice =:= nif; Choice =:= auto ->
    case usable_library() of
        ok ->
            persistent_term:put(?ACTIVE, #{backend => nif});
        {error, #{path := Path, reason := Reason} = Error} ->
            warn("compiler library ~ts not usable, using port: ~tp", [Path, Reason]),
            persistent_term:put(?ACTIVE, #{backend => port, nif_error => Error})
    end.

%% Loaded, and of the same version as the application: a mismatched pair never runs.
usable_library() ->
    case beamtalk_compiler_nif:reload() of
        ok ->
            Own = application_version(),
            case beamtalk_compiler_nif:version() of
                Own -> ok;
                Other -> {error, #{path => library_path(), reason => {version, Other, expected, Own}}}
            end;
        {error, _} = Error ->
            Error
    end.

library_path() ->
    case beamtalk_compiler_nif:library() of
        {ok, Path} -> Path;
        {error, _} -> undefined
    end.

%% @doc The backend in use.
-spec backend() -> backend().
backend() ->
    maps:get(backend, active()).

active() ->
    case persistent_term:get(?ACTIVE, undefined) of
        undefined ->
            ok = start(),
            persistent_term:get(?ACTIVE);
        Active ->
            Active
    end.

%% @doc What this node can compile with.
-spec capabilities() -> map().
capabilities() ->
    Active = active(),
    Known = maps:with([version, protocol, target, commands], version_reply()),
    Own = #{version => application_version(), protocol => 0, target => <<>>, commands => []},
    (maps:merge(Own, Known))#{
        backend => maps:get(backend, Active),
        nif_version => list_to_binary(erlang:system_info(nif_version)),
        nif_error => maps:get(nif_error, Active, undefined)
    }.

version_reply() ->
    case request(version, #{}, ?VERSION_MS) of
        #{status := ok} = Reply -> Reply;
        _ -> #{}
    end.

%% @doc Version of the Erlang side, which its library must share.
-spec application_version() -> binary().
application_version() ->
    _ = application:load(beamtalk),
    case application:get_key(beamtalk, vsn) of
        {ok, Vsn} -> unicode:characters_to_binary(Vsn);
        undefined -> application_version_of_part()
    end.

application_version_of_part() ->
    _ = application:load(beamtalk_compiler),
    case application:get_key(beamtalk_compiler, vsn) of
        {ok, Vsn} -> unicode:characters_to_binary(Vsn);
        undefined -> <<"0.0.0">>
    end.

%%% The calls

-spec compile(binary(), binary() | map()) -> {ok, map()} | {error, failed()}.
compile(Source, ModuleName) when is_binary(Source), is_binary(ModuleName) ->
    compile(Source, #{module_name => ModuleName});
compile(Source, Options) when is_binary(Source), is_map(Options) ->
    result(module, request(compile, with_options(#{source => Source}, Options))).

-spec compile_expression(binary(), binary(), [binary()]) -> {ok, map()} | {error, failed()}.
compile_expression(Source, ModuleName, KnownVars) ->
    compile_expression(Source, ModuleName, KnownVars, #{}).

-spec compile_expression(binary(), binary(), [binary()], map()) -> {ok, map()} | {error, failed()}.
compile_expression(Source, ModuleName, KnownVars, Options) when
    is_binary(Source), is_binary(ModuleName), is_list(KnownVars), is_map(Options)
->
    lists:all(fun is_binary/1, KnownVars) orelse error(badarg, [Source, ModuleName, KnownVars, Options]),
    Own = #{source => Source, module => ModuleName, known_vars => KnownVars},
    result(expression, request(compile_expression, with_options(Own, maps:without([module_name], Options)))).

-spec diagnostics(binary()) -> {ok, [diagnostic()]}.
diagnostics(Source) ->
    diagnostics(Source, #{}).

-spec diagnostics(binary(), map()) -> {ok, [diagnostic()]}.
diagnostics(Source, Options) when is_binary(Source), is_map(Options) ->
    case result(module, request(diagnostics, with_options(#{source => Source}, Options))) of
        {ok, #{diagnostics := Diagnostics}} -> {ok, Diagnostics};
        {error, #{diagnostics := Diagnostics}} -> {ok, Diagnostics}
    end.

%% @doc Also answered when nothing else is: by the application's own version.
-spec version() -> binary().
version() ->
    application_version().

%% @doc The fields of a request and those options that travel with it.
-spec with_options(map(), map()) -> map().
with_options(Own, Options) ->
    maps:merge(maps:with(?OPTIONS, Options), Own).

%% @doc Any request of the protocol. The answer is a reply map; trouble on the way is a reply with `status => error'.
-spec request(atom(), map()) -> map().
request(Command, Fields) ->
    request(Command, Fields, ?REQUEST_MS).

-spec request(atom(), map(), timeout()) -> map().
request(_Command, #{source := Source}, _Timeout) when is_binary(Source), byte_size(Source) > ?MAX_SOURCE ->
    %% Refused here in the words of the compiler, so that nobody has to carry it there.
    Text = io_lib:format("Source is ~b bytes long; the limit is ~b", [byte_size(Source), ?MAX_SOURCE]),
    failed(failure(<<"input/size">>, unicode:characters_to_binary(Text), undefined));
request(Command, Fields, Timeout) ->
    Module =
        case backend() of
            nif -> beamtalk_compiler_nif;
            port -> beamtalk_compiler_server
        end,
    case Module:request(Fields#{command => Command}, Timeout) of
        {ok, #{status := _} = Reply} -> maps:remove(id, Reply);
        {ok, _} -> failed(unexpected());
        {error, Failure} -> failed(explain(Failure))
    end.

failed(Diagnostic) ->
    #{status => error, diagnostics => [Diagnostic]}.

explain({unavailable, Text}) ->
    failure(
        <<"backend/unavailable">>,
        Text,
        <<"Set BEAMTALK_COMPILER_PORT_BIN to the compiler executable, or build it with `make native`">>
    );
explain({internal, Text}) ->
    failure(<<"internal">>, <<"Internal compiler error: ", Text/binary, "\nPlease report this with the source.">>, undefined);
explain({too_large, Size}) ->
    failure(<<"input/size">>, <<"Request is ", (integer_to_binary(Size))/binary, " bytes long; the limit is 67108864">>, undefined);
explain({timeout, Text}) ->
    failure(<<"backend/timeout">>, Text, undefined);
explain({crash, Text}) ->
    failure(<<"backend/crash">>, Text, undefined);
explain({protocol, Text}) ->
    failure(<<"backend/protocol">>, Text, undefined).

unexpected() ->
    failure(<<"backend/protocol">>, <<"Unexpected compiler response">>, undefined).

%% @doc A diagnostic without a place in the source.
-spec failure(binary(), binary(), binary() | undefined) -> diagnostic().
failure(Code, Message, Hint) ->
    Diagnostic = #{
        severity => <<"error">>,
        code => Code,
        message => Message,
        category => undefined,
        start => 0,
        'end' => 0,
        line => 1,
        column => 1,
        end_line => 1,
        end_column => 1
    },
    case Hint of
        undefined -> Diagnostic;
        _ -> Diagnostic#{hint => Hint}
    end.

%% @doc A reply in the shape callers see. Older executables do not say what kind of thing they compiled.
-spec result(module | expression, map()) -> {ok, map()} | {error, failed()}.
result(Kind, #{status := ok} = Reply) ->
    Defaults = #{kind => Kind, core_erlang => <<>>, diagnostics => [], warnings => []},
    {ok, maps:merge(Defaults, maps:remove(status, Reply))};
result(_, #{status := error, diagnostics := [_ | _] = Diagnostics}) ->
    {error, #{diagnostics => [placed(D) || D <- Diagnostics]}};
result(_, _) ->
    {error, #{diagnostics => [unexpected()]}}.

%% Old executables answer with bare texts.
placed(#{} = Diagnostic) -> Diagnostic;
placed(Text) when is_binary(Text) -> failure(<<"parse/expected-expression">>, Text, undefined).

%% Texts, not reports: operators look for these sentences. Without a domain: the default handler shows only those of OTP.
warn(Format, Arguments) ->
    ?LOG_WARNING(Format, Arguments).
