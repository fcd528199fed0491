// Who is told, and of what. Each query returns a row for everything that is wrong; one row is an alert.
param token string
param location string
param tags object
param applicationInsightsId string
param email string

// `by` is the column that the alerts of a rule are told apart by; without one there is a single alert.
var rules = [
  {
    name: 'silence'
    description: 'The timer has not run for 15 minutes: nothing is synchronized, and no other alert can fire.'
    severity: 0
    window: 'PT15M'
    by: []
    query: loadTextContent('../queries/silence.kql')
  }
  {
    name: 'no-cycle'
    description: 'A configuration has completed no cycle for two intervals.'
    severity: 1
    window: 'PT15M'
    by: ['configuration']
    query: loadTextContent('../queries/no-cycle.kql')
  }
  {
    name: 'quarantine'
    description: 'A configuration is in quarantine; docs/operations.md says what to do for each reason.'
    severity: 1
    window: 'PT15M'
    by: ['configuration']
    query: loadTextContent('../queries/quarantine.kql')
  }
  {
    name: 'poison'
    description: 'A message failed five times; the provisioning log names whom it was about.'
    severity: 2
    window: 'PT15M'
    by: ['configuration']
    query: loadTextContent('../queries/poison.kql')
  }
  {
    name: 'oldest'
    description: 'Work that could be done has waited for more than an hour.'
    severity: 2
    window: 'PT15M'
    by: ['configuration']
    query: loadTextContent('../queries/oldest.kql')
  }
  {
    name: 'breaker'
    description: 'Graph blocks invitations into a tenant; only the support of Microsoft lifts that.'
    severity: 2
    window: 'PT15M'
    by: ['tenant']
    query: loadTextContent('../queries/breaker.kql')
  }
  {
    name: 'refused'
    description: 'Graph answers 401 or 403: a consent, a permission or the federated credential is gone.'
    severity: 1
    window: 'PT15M'
    by: ['tenant']
    query: loadTextContent('../queries/refused.kql')
  }
]

var receivers = [
  {
    name: 'operators'
    emailAddress: email
    useCommonAlertSchema: true
  }
]

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-tenantsync-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'tenantsync'
    emailReceivers: empty(email) ? [] : receivers
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [
  for rule in rules: {
    name: 'tenantsync-${rule.name}'
    location: location
    tags: tags
    properties: {
      displayName: 'tenantsync: ${rule.name}'
      description: rule.description
      enabled: true
      severity: rule.severity
      scopes: [applicationInsightsId]
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: map(rule.by, column => {
              name: column
              operator: 'Include'
              values: ['*']
            })
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [actions.id]
      }
    }
  }
]
