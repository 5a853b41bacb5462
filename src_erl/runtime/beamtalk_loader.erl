%%% @doc Loads compiled class modules.
%%%
%%% The module registers its class while it loads; a refusal makes loading fail, and the reason comes back as an error
%%% record. Old code is purged softly first: a process still inside of it refuses the load, and the error says which;
%%% `purge => hard' kills them and says so. A block that is only kept hinders nobody; it raises when it is evaluated after its
%%% code has gone. After loading, live actors are migrated.
-module(beamtalk_loader).

-export([load/2, load/3, load_file/1, load_files/1, load_dir/1, order/1, class_of_beam/1]).

-export_type([loaded/0]).

-type loaded() :: #{
    module := module(),
    class := atom() | none,
    warnings := [binary()],
    migrated := non_neg_integer(),
    failed := [{pid(), term()}],
    pending := [pid()]
}.
-type options() :: #{purge => soft | hard, file => file:filename()}.

-spec load(module(), binary()) -> {ok, loaded()} | {error, beamtalk_error:error()}.
load(Module, Binary) ->
    load(Module, Binary, #{}).

-spec load(module(), binary(), options()) -> {ok, loaded()} | {error, beamtalk_error:error()}.
load(Module, Binary, Options) ->
    %% Refused before anything changes, and without the log entry of a failing on_load.
    case precheck(Module, Binary) of
        ok -> locked(Module, Binary, Options);
        {error, Error} -> {error, Error}
    end.

precheck(Module, Binary) ->
    case class_of_beam(Binary) of
        {ok, Class, Superclass} -> beamtalk_class_builder:check(Class, Superclass, Module);
        error -> ok
    end.

%% What runs code of the user waits until the lock is free again, because it may load classes: defaults of class variables, `migrate:'.
locked(Module, Binary, Options) ->
    case beamtalk_load_lock:run(Module, fun() -> purge_and_load(Module, Binary, Options) end) of
        {error, Error} ->
            {error, Error};
        {_, #{class := none} = Loaded} ->
            {ok, Loaded};
        {Next, #{class := Class} = Loaded} ->
            ok = beamtalk_class_vars:initialise(Class),
            {ok, migrated(Next, Class, Loaded)}
    end.

migrated(migrate, Class, Loaded) -> maps:merge(Loaded, beamtalk_hot_reload:migrate(Class));
migrated(ok, _, Loaded) -> Loaded.

purge_and_load(Module, Binary, Options) ->
    case {beamtalk_old_code:purge(Module), maps:get(purge, Options, soft)} of
        {ok, _} ->
            load_now(Module, Binary, Options);
        {{in_use, Users}, soft} ->
            {error, beamtalk_old_code:error(Module, Users)};
        {{in_use, Users}, hard} ->
            Names = unicode:characters_to_binary(beamtalk_old_code:text(Users)),
            _ = code:purge(Module),
            ok = beamtalk_log:log(warning, runtime, #{event => old_code_killed, module => Module, processes => Users}),
            killed(Names, load_now(Module, Binary, Options))
    end.

killed(Names, {Next, #{warnings := Warnings} = Loaded}) ->
    Text = <<"Processes that still ran an older version were killed: ", Names/binary>>,
    {Next, Loaded#{warnings := [Text | Warnings]}};
killed(_, {error, Error}) ->
    {error, Error}.

load_now(Module, Binary, Options) ->
    Known = beamtalk_class_registry:class_of_module(Module) =/= undefined,
    case code:load_binary(Module, maps:get(file, Options, atom_to_list(Module)), Binary) of
        {module, Module} -> finish(Module, Known);
        {error, Reason} -> {error, refusal(Module, Reason)}
    end.

%% `migrate': the class was there before, so there may be actors of it.
finish(Module, Known) ->
    Loaded = #{module => Module, class => none, warnings => [], migrated => 0, failed => [], pending => []},
    case beamtalk_class_registry:class_of_module(Module) of
        undefined ->
            {ok, Loaded};
        Class ->
            ok = beamtalk_dispatch_cache:flush(),
            Warnings = [Text || {_, Text} <- beamtalk_load_notes:take_warnings(Class)],
            Next =
                case Known orelse Warnings =/= [] of
                    true -> migrate;
                    false -> ok
                end,
            {Next, Loaded#{class := Class, warnings := Warnings}}
    end.

refusal(Module, Reason) ->
    case beamtalk_load_notes:take_refusal(Module) of
        none ->
            Text = ["Failed to load bytecode: ", beamtalk_printer:term_text(Reason)],
            beamtalk_error:with_message(beamtalk_error:new(io_error, undefined), Text);
        Error ->
            Error
    end.

%% @doc Loads one `.beam' file.
-spec load_file(file:filename()) -> {ok, loaded()} | {error, beamtalk_error:error()}.
load_file(File) ->
    case file:read_file(File) of
        {ok, Binary} ->
            load(list_to_atom(filename:basename(File, ".beam")), Binary, #{file => File});
        {error, Reason} ->
            Error = beamtalk_error:new(io_error, 'File'),
            {error, beamtalk_error:with_message(Error, ["Failed to read file: ", file:format_error(Reason)])}
    end.

%% @doc Loads files, superclasses first; stops at the first refusal.
-spec load_files([file:filename()]) -> {ok, [loaded()]} | {error, beamtalk_error:error()}.
load_files(Files) ->
    Entries = [{filename:basename(F, ".beam"), F, B} || F <- Files, {ok, B} <- [file:read_file(F)]],
    load_ordered(order(Entries), []).

load_ordered([], Loaded) ->
    {ok, lists:reverse(Loaded)};
load_ordered([{Name, File, Binary} | Rest], Loaded) ->
    case load(list_to_atom(Name), Binary, #{file => File}) of
        {ok, One} -> load_ordered(Rest, [One | Loaded]);
        {error, Error} -> {error, Error}
    end.

%% @doc Loads all `.beam' files of a directory.
-spec load_dir(file:filename()) -> {ok, [loaded()]} | {error, beamtalk_error:error()}.
load_dir(Dir) ->
    load_files(lists:sort(filelib:wildcard(filename:join(Dir, "*.beam")))).

%% @doc Superclasses first, otherwise in the given order; what holds no class comes last.
-spec order([{Name, File, binary()}]) -> [{Name, File, binary()}].
order(Entries) ->
    {Classes, Others} = lists:partition(
        fun
            ({{ok, _, _}, _}) -> true;
            ({error, _}) -> false
        end,
        [{class_of_beam(Binary), Entry} || {_, _, Binary} = Entry <- Entries]
    ),
    Ordered = beamtalk_load_order:superclasses_first([{Class, Superclass, Entry} || {{ok, Class, Superclass}, Entry} <- Classes]),
    [Entry || {_, _, Entry} <- Ordered] ++ [Entry || {error, Entry} <- Others].

%% @doc Class and superclass from the `beamtalk_class' attribute.
-spec class_of_beam(binary()) -> {ok, atom(), atom()} | error.
class_of_beam(Binary) ->
    case beam_lib:chunks(Binary, [attributes]) of
        {ok, {_, [{attributes, Attributes}]}} ->
            case proplists:get_value(beamtalk_class, Attributes) of
                [{Class, Superclass} | _] -> {ok, Class, Superclass};
                _ -> error
            end;
        _ ->
            error
    end.
